using System;
using System.Threading.Tasks;
using GpuMm.Backing;
using GpuMm.Clients.Spu;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace GpuMm.ConcurrencyTests;

/// <summary>Fault beside move, eviction, destruction and change of areas, in thousands of schedules.</summary>
public sealed class FaultScheduleTests
{
    [Fact]
    public void FaultMoveEvictAndDestroyAgree()
    {
        IsClean(
            static async () =>
            {
                using TestDevice test = new(vramPages: 2, aperturePages: 4, systemPages: 16);
                BufferObject texture = test.Create(1, Placement.Vram, "texture");
                BufferObject gone = test.Create(1, Placement.Vram, "gone");
                VmArea area = texture.Map(test.Space);
                Task toucher = Task.Run(() =>
                {
                    Store(test.Space, area.StartAddress, 1);
                    Store(test.Space, area.StartAddress, 2);
                });
                Task mover = Task.Run(() => test.Place(texture, Placement.Gtt));
                Task evictor = Task.Run(() =>
                {
                    OperationContext context = default;
                    test.Device.TryCreate(new BufferObjectDescription(8192, "other"), Placement.VramThenGtt, ref context, out _);
                });
                Task destroyer = Task.Run(gone.Release);
                await Task.WhenAll(toucher, mover, evictor, destroyer);
                test.Device.Reap();
                test.AssertValid();
                Require(Load(test.Space, area.StartAddress) == 2, "the last store is there");
            },
            2_000);
    }

    [Fact]
    public void SplittingAndRemappingBesideAMoveLeaveNoStaleEntry()
    {
        IsClean(
            static async () =>
            {
                using TestDevice test = new(vramPages: 8, aperturePages: 8, systemPages: 16);
                BufferObject texture = test.Create(4, Placement.Vram);
                VmArea area = texture.Map(test.Space);
                ulong start = area.StartAddress;
                Store(test.Space, start + 4096, 1);
                Task splitter = Task.Run(() =>
                {
                    test.Space.Unmap(start + 8192, 4096);
                    test.Space.RemapFilePages(start, 8192, texture.Window.FirstPage + 1);
                });
                Task mover = Task.Run(() => test.Place(texture, Placement.Gtt));
                Task toucher = Task.Run(() => Store(test.Space, start + 12288, 3));
                await Task.WhenAll(splitter, mover, toucher);
                test.AssertValid();
                Require(Load(test.Space, start) == 1 && Load(test.Space, start + 12288) == 3, "both stores are there");
            },
            1_000);
    }

    [Fact]
    public void AnUnpluggedDeviceIsNeverMappedAgain()
    {
        IsClean(
            static async () =>
            {
                using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
                BufferObject texture = test.Create(2, Placement.Vram);
                VmArea area = texture.Map(test.Space);
                Task toucher = Task.Run(() => Store(test.Space, area.StartAddress, 1));
                Task puller = Task.Run(test.Device.Unplug);
                await Task.WhenAll(toucher, puller);
                Pte entry = test.Space.Translate(area.StartAddress);
                Require(!entry.IsPresent || entry.Frame.MemoryIndex == (int)MemoryDomain.System, "no entry names the device");
            },
            500);
    }

    [Fact]
    public void AnSpuSwitchLosesNoStore()
    {
        IsClean(() => SwitchBesideStores(static context => context.Run()), 500);
    }

    [Fact]
    public void ASwitchThatCopiesBeforeItRevokesIsCaught()
    {
        TestReport report = Explore.All(() => SwitchBesideStores(CopyThenRevoke), 500);
        Assert.True(report.NumOfFoundBugs > 0, "The planted lost write was not found.");
        Assert.Contains(report.BugReports, static bug => bug.Contains("the last store is there", StringComparison.Ordinal));
    }

    [Fact]
    public void AMoverThatCopiesBeforeItRevokesIsCaught()
    {
        TestReport report = Explore.All(static () => MoveBesideStores(copiesFirst: true), 500);
        Assert.True(report.NumOfFoundBugs > 0, "The planted lost write was not found.");
        Assert.Contains(report.BugReports, static bug => bug.Contains("the last store is there", StringComparison.Ordinal));
    }

    [Fact]
    public void TheSameMoverIsCleanWhenItCopiesAfterwards() => IsClean(static () => MoveBesideStores(copiesFirst: false), 500);

    private static async Task MoveBesideStores(bool copiesFirst)
    {
        EarlyCopyDriver driver = new();
        using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16, driver: driver);
        BufferObject texture = test.Create(1, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        Store(test.Space, area.StartAddress, 1);
        Task toucher = Task.Run(() => Store(test.Space, area.StartAddress, 2));
        Task mover = Task.Run(() =>
        {
            OperationContext context = default;
            texture.Reserve();
            if (copiesFirst)
            {
                driver.CopyEarly(texture);
            }

            texture.Validate(Placement.Gtt, ref context);
            texture.Unreserve();
        });
        await Task.WhenAll(toucher, mover);
        test.AssertValid();
        Require(Load(test.Space, area.StartAddress) == 2, "the last store is there");
    }

    private static async Task SwitchBesideStores(Action<SpuContext> switchOver)
    {
        using PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.PageHeads, 1 << 20));
        memory.Add(1, MemoryBacking.Create(BackingKind.PageHeads, 1 << 20));
        SpuContext context = new(
            memory, new SpuFrames(new FrameIndex(1, 0), new FrameIndex(0, 16), new FrameIndex(1, 64)), new RunsAtOnce());
        AddressSpace space = new(memory);
        VmArea area = context.MapLocalStore(space);
        Store(space, area.StartAddress, 1);
        Task toucher = Task.Run(() => Store(space, area.StartAddress, 2));
        Task switcher = Task.Run(() => switchOver(context));
        await Task.WhenAll(toucher, switcher);
        Require(Load(space, area.StartAddress) == 2, "the last store is there");
    }

    // The planted fault: the copy first. A store through the entry that is still there goes to the place just copied from.
    private static void CopyThenRevoke(SpuContext context) => context.Run(isCopyingFirst: true);

    private static void IsClean(Func<Task> body, uint iterations)
    {
        TestReport report = Explore.All(body, iterations * Explore.Depth);
        Assert.Empty(report.BugReports);
        Assert.True(report.MaxControlledOperations >= 2, "Coyote controls nothing: was the rewriting step skipped?");
    }

    private static void Store(AddressSpace space, ulong address, byte value) =>
        Require(space.Write(address, [value]) == MmStatus.Ok, "the store succeeds");

    private static byte Load(AddressSpace space, ulong address)
    {
        byte[] read = new byte[1];
        Require(space.Read(address, read) == MmStatus.Ok, "the load succeeds");
        return read[0];
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Expected that {what}.");
        }
    }

    /// <summary>The planted mistake: the bytes that a move puts down were read before its mappings were revoked.</summary>
    private sealed class EarlyCopyDriver : InlineDriver
    {
        private readonly byte[] _bytes = new byte[4096];
        private bool _hasBytes;

        public void CopyEarly(BufferObject target)
        {
            target.Device.Memory.Read(target.FrameAt(0, out _), 0, _bytes);
            _hasBytes = true;
        }

        public override MoveResult Move(in MoveRequest request)
        {
            MoveResult result = base.Move(request);
            if (_hasBytes)
            {
                request.Target.Device.Memory.Write(new FrameIndex((int)MemoryDomain.System, request.Target.Pages!.PageAt(0, out _)), 0, _bytes);
            }

            return result;
        }
    }

    private sealed class RunsAtOnce : ISpuScheduler
    {
        public void WaitUntilRunning(SpuContext context) => context.Run();
    }
}
