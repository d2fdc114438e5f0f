using System;
using System.Threading.Tasks;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace GpuMm.ConcurrencyTests;

/// <summary>The real handler, the real manager, and many schedules of who goes when.</summary>
public sealed class MigrationScheduleTests
{
    [Fact]
    public void AFaultAndAMoveNeverLeaveAStaleEntryNorLoseAStore()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            BufferObject texture = test.Create(2, Placement.System);
            VmArea area = texture.Map(test.Space);
            Task toucher = Task.Run(() =>
            {
                for (byte i = 1; i <= 3; i++)
                {
                    Store(test, area.StartAddress, i);
                }
            });
            Task mover = Task.Run(() =>
            {
                Require(test.Place(texture, Placement.Vram) == MmStatus.Ok, "the first move succeeds");
                Require(test.Place(texture, Placement.Gtt) == MmStatus.Ok, "the second move succeeds");
            });
            await Task.WhenAll(toucher, mover);
            test.AssertValid();
            Require(Load(test, area.StartAddress) == 3, "the last store is there");
        });
    }

    [Fact]
    public void TwoFaultsAndAnEvictionAgree()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 2, aperturePages: 4, systemPages: 16);
            BufferObject texture = test.Create(2, Placement.Vram, "texture");
            VmArea area = texture.Map(test.Space);
            Task first = Task.Run(() => Store(test, area.StartAddress, 1));
            Task second = Task.Run(() => Store(test, area.StartAddress + 4096, 2));
            Task evictor = Task.Run(() =>
            {
                OperationContext context = default;
                MmStatus status = test.Device.TryCreate(new BufferObjectDescription(8192, "other"), Placement.VramThenGtt, ref context, out _);
                Require(status == MmStatus.Ok, "there is room somewhere");
            });
            await Task.WhenAll(first, second, evictor);
            test.AssertValid();
            Require(Load(test, area.StartAddress) == 1 && Load(test, area.StartAddress + 4096) == 2, "both stores are there");
        });
    }

    [Fact]
    public void AnObjectThatGoesWhileItIsEvictedLeavesNothingBehind()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 2, aperturePages: 2, systemPages: 16);
            BufferObject gone = test.Create(2, Placement.Vram, "gone");
            BufferObject other = test.Create(2, Placement.System, "other");
            Task release = Task.Run(gone.Release);
            Task place = Task.Run(() => test.Place(other, Placement.VramThenGtt));
            await Task.WhenAll(release, place);
            test.Device.Reap();
            test.AssertValid();
            Require(test.Device.ObjectCount == 1, "only one object is left");
        });
    }

    [Fact]
    public void UnmappingDuringAMoveLeavesNoEntry()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            BufferObject texture = test.Create(1, Placement.System);
            VmArea area = texture.Map(test.Space);
            Store(test, area.StartAddress, 7);
            Task unmapper = Task.Run(() => test.Space.Unmap(area));
            Task mover = Task.Run(() => test.Place(texture, Placement.Vram));
            await Task.WhenAll(unmapper, mover);
            test.AssertValid();
            Require(!test.Space.Translate(area.StartAddress).IsPresent, "no entry is left");
        });
    }

    [Fact]
    public void TwoSetsInOppositeOrderDoNotDeadlock()
    {
        Explore.IsClean(static async () =>
        {
            Reservation a = new();
            Reservation b = new();
            Task first = Task.Run(() => LockBoth(a, b));
            Task second = Task.Run(() => LockBoth(b, a));
            await Task.WhenAll(first, second);
            Require(!a.IsLocked && !b.IsLocked, "both are free again");
        });
    }

    [Fact]
    public void AHandlerThatInsertsAfterItGaveTheLockBackIsCaught()
    {
        TestReport report = Explore.All(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            BufferObject texture = test.Create(1, Placement.Gtt);
            VmArea area = test.Space.Map(
                test.Device.Mapping, new InsertsTooLate(), new VmAreaDescription(texture.Window, VmProtection.ReadWrite, texture));
            Task toucher = Task.Run(() => Store(test, area.StartAddress, 1));
            Task mover = Task.Run(() => test.Place(texture, Placement.Vram));
            await Task.WhenAll(toucher, mover);
            test.AssertValid();
        });
        Assert.True(report.NumOfFoundBugs > 0, "The planted race was not found.");
        Assert.Contains(report.BugReports, static bug => bug.Contains("stale entry", StringComparison.Ordinal));
    }

    private static void LockBoth(Reservation first, Reservation second)
    {
        AcquireContext acquire = new();
        acquire.LockAll([first, second]);
        acquire.UnlockAll();
    }

    private static void Store(TestDevice test, ulong address, byte value) =>
        Require(test.Space.Write(address, [value]) == MmStatus.Ok, "the store succeeds");

    private static byte Load(TestDevice test, ulong address)
    {
        byte[] read = new byte[1];
        Require(test.Space.Read(address, read) == MmStatus.Ok, "the load succeeds");
        return read[0];
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Expected that {what}.");
        }
    }

    // The planted fault: it declares a lock that no mover holds, so what it inserts may be outdated.
    private sealed class InsertsTooLate : IVmOperations
    {
        public void Open(VmArea area)
        {
        }

        public void Close(VmArea area)
        {
        }

        public VmFaultResult Fault(ref VmFault fault)
        {
            BufferObject target = (BufferObject)fault.Area.PrivateData!;
            target.Reservation.Lock();
            FrameIndex frame = target.FrameAt(0, out _);
            target.Reservation.Unlock();
            Reservation wrongLock = new();
            wrongLock.TryLock();
            fault.InsertPtes(fault.FilePage, frame, 1, Caching.Cached, wrongLock);
            wrongLock.Unlock();
            return VmFaultResult.NoPage;
        }
    }
}
