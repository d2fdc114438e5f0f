using System;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace GpuMm.ConcurrencyTests;

/// <summary>Objects that are made, mapped, moved and destroyed, each by its own thread, beside who looks at all of them.</summary>
public sealed class LifeScheduleTests
{
    [Fact]
    public void TwoLivesAndOneWhoLooksAgree()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            AddressSpace[] spaces = [test.Device.CreateAddressSpace(), test.Device.CreateAddressSpace()];
            Task first = Task.Run(() => Live(test, spaces[0], 1));
            Task second = Task.Run(() => Live(test, spaces[1], 2));
            Task looker = Task.Run(test.AssertValid);
            await Task.WhenAll(first, second, looker);
            test.AssertValid();
            Require(test.Device.Mapping.AreaCount == 0, "no area is left");
            test.Device.Reap(); // Whom the looker had locked when its last name went was put off.
            Require(test.Device.ObjectCount == 0, "no object is left");
            Require(test.Device.SystemPagesUsedBytes == 0, "no page is left");
        });
    }

    // Its pages are taken before it is on a list: who adds up knows that it is being made.
    [Fact]
    public void PagesOfAnObjectThatIsBeingMadeAreNotMissed()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            Task[] makers = [Task.Run(() => test.Create(1, Placement.Gtt)), Task.Run(() => test.Create(1, Placement.Gtt))];
            Task looker = Task.Run(test.AssertValid);
            await Task.WhenAll([looker, .. makers]);
            test.AssertValid();
        });
    }

    // The object is made by one thread, mapped and split by another, and moved by a third.
    [Fact]
    public void AnAreaThatIsSplitDuringAMoveLosesItsEntries()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            BufferObject? made = null;
            await Task.Run(() => made = test.Create(2, Placement.Vram));
            VmArea area = made!.Map(test.Space);
            Store(test.Space, area.StartAddress, 1);
            Store(test.Space, area.StartAddress + 4096, 2);
            Task splitter = Task.Run(() =>
            {
                Require(test.Space.Protect(area.StartAddress + 4096, 4096, VmProtection.Read) == MmStatus.Ok, "it is split");
                Require(test.Space.Protect(area.StartAddress + 4096, 4096, VmProtection.ReadWrite) == MmStatus.Ok, "it is one again");
            });
            Task mover = Task.Run(() => Require(test.Place(made, Placement.Gtt) == MmStatus.Ok, "there is room"));
            Task revoker = Task.Run(() =>
            {
                made.Reserve();
                test.Device.Mapping.Unmap(made.Window);
                Require(!test.Space.Translate(area.StartAddress).IsPresent && !test.Space.Translate(area.StartAddress + 4096).IsPresent, "no entry is left");
                made.Unreserve();
            });
            await Task.WhenAll(splitter, mover, revoker);
            test.AssertValid();
        });
    }

    [Fact]
    public void AGlanceAtTheCountOfAPartMissesNoArea() => Explore.IsClean(static () => GlanceDuringAChange(isNoted: true));

    // The planted fault: the tree's own count, which is less while an area changes.
    [Fact]
    public void AGlanceAtTheTreeItselfMissesAnAreaAndIsCaught()
    {
        TestReport report = Explore.All(static () => GlanceDuringAChange(isNoted: false));
        Assert.NotEmpty(report.BugReports);
        Assert.Contains("the area is always found", string.Join('|', report.BugReports), StringComparison.Ordinal);
    }

    // As a mapping does it: changed under a lock, glanced at without.
    private static async Task GlanceDuringAChange(bool isNoted)
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.Vram);
        VmArea area = new(test.Space, new AddressMapping(), test.Device.VmOperations, new VmAreaDescription(target.Window, VmProtection.Read, target));
        AreaTree tree = new();
        tree.Add(area);
        int notedCount = tree.Count;
        Task changer = Task.Run(() =>
        {
            lock (tree)
            {
                tree.Remove(area);
                Interlocked.MemoryBarrier(); // Here another may come in between.
                lock (area)
                {
                    tree.Add(area);
                }

                Volatile.Write(ref notedCount, tree.Count);
            }
        });
        Task revoker = Task.Run(() =>
        {
            lock (area)
            {
                Require((isNoted ? Volatile.Read(ref notedCount) : tree.Count) != 0, "the area is always found");
            }
        });
        await Task.WhenAll(changer, revoker);
    }

    private static void Live(TestDevice test, AddressSpace space, byte value)
    {
        BufferObject target = test.Create(1, Placement.System);
        VmArea area = target.Map(space);
        Store(space, area.StartAddress, value);
        Require(test.Place(target, Placement.Vram) == MmStatus.Ok, "there is room in VRAM");
        byte[] read = new byte[1];
        Require(space.Read(area.StartAddress, read) == MmStatus.Ok && read[0] == value, "it reads what it wrote");
        space.Unmap(area);
        target.Release();
        test.Device.Reap();
    }

    private static void Store(AddressSpace space, ulong address, byte value) =>
        Require(space.Write(address, [value]) == MmStatus.Ok, "the store succeeds");

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(what);
        }
    }
}
