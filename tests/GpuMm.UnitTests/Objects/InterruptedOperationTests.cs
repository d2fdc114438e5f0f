using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>A signal ends a search for room, a swap and a wait, wherever it comes; who may not wait never does.</summary>
public sealed class InterruptedOperationTests
{
    private const ulong PageBytes = 4096;

    [Fact]
    public void ASignalInAnEvictionEndsTheSearchAndIsTheAnswer()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        BufferObject first = test.Create(2, Placement.Vram, "first");
        BufferObject second = test.Create(2, Placement.Vram, "second");
        BufferObject target = test.Create(2, Placement.System, "target");
        driver.Scripted.Enqueue(MoveResult.Failure(MmStatus.Interrupted));
        Assert.Equal(MmStatus.Interrupted, test.Place(target, Placement.Vram));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(first));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(second)); // Nobody else was tried.
        Assert.Equal(MemoryDomain.System, test.DomainOf(target));
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Vram));
        test.AssertValid();
    }

    [Fact]
    public void AVictimThatCannotMoveForAnotherReasonIsFollowedByTheNext()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        BufferObject first = test.Create(2, Placement.Vram, "first");
        BufferObject second = test.Create(2, Placement.Vram, "second");
        BufferObject target = test.Create(2, Placement.System, "target");
        driver.Scripted.Enqueue(MoveResult.Failure(MmStatus.Busy));
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Vram));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(first));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(second));
        test.AssertValid();
    }

    [Fact]
    public void ASignalEndsTheWaitForADeletedObjectThatIsInTheWay()
    {
        using TestDevice test = new(vramPages: 2);
        FenceContext jobs = new("job");
        BufferObject gone = test.Create(2, Placement.Vram, "gone");
        gone.Reserve();
        gone.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        gone.Reservation.Unlock();
        gone.Release();
        BufferObject target = test.Create(2, Placement.System, "target");
        WaitInterrupt interrupt = new();
        interrupt.Interrupt();
        OperationContext context = new() { Interrupt = interrupt };
        target.Reserve();
        Assert.Equal(MmStatus.Interrupted, target.Validate(Placement.Vram, ref context));
        jobs.SignalTo(1);
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Vram, ref context));
        target.Unreserve();
        test.AssertValid();
    }

    [Fact]
    public void NobodyWaitsForADeletedObjectWhoseSpaceWouldNotHelp()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        FenceContext jobs = new("job");
        Placement low = new(new Place(MemoryDomain.Vram, PlaceFlags.None, 0, 2));
        BufferObject pinned = test.Create(2, low, "pinned");
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        BufferObject gone = test.Create(2, Placement.Vram, "gone");
        gone.Reserve();
        gone.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        gone.Reservation.Unlock();
        gone.Release();
        BufferObject target = test.Create(2, Placement.System, "target");
        Assert.Equal(MmStatus.OutOfMemory, test.Place(target, low));
        Assert.DoesNotContain("wait job:1", driver.Log);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Vram));
        Assert.Contains("wait job:1", driver.Log);
        test.AssertValid();
    }

    [Fact]
    public void EvictingAheadStopsAtASignal()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        test.Create(2, Placement.Vram, "first");
        BufferObject second = test.Create(2, Placement.Vram, "second");
        driver.Scripted.Enqueue(MoveResult.Failure(MmStatus.Interrupted));
        OperationContext context = default;
        Assert.Equal(0ul, test.Device.EvictAhead(MemoryDomain.Vram, 4 * PageBytes, ref context));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(second));
    }

    [Fact]
    public void ASignalEndsTheSwapThatAPopulationCausesAndIsTheAnswer()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(
            new GpuDeviceOptions { SystemBytes = 64 * PageBytes, PageLimitBytes = 4 * PageBytes, Swap = store }, new InlineDriver());
        BufferObject[] others = [Make(device, 2), Make(device, 2)];
        BufferObject target = Make(device, 0);
        target.Reserve();
        OperationContext context = default;
        device.Faults = FaultPlan.Nth(1, FaultPoint.Move);
        Assert.Equal(MmStatus.Interrupted, target.Validate(Placement.Gtt, ref context));
        Assert.All(others, static other => Assert.False(other.IsSwapped));

        // Nor does leave to go over the limit make up for it.
        context.ForceAllocate = true;
        device.Faults = FaultPlan.Nth(1, FaultPoint.Move);
        Assert.Equal(MmStatus.Interrupted, target.Validate(Placement.Gtt, ref context));

        device.Faults = null;
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Gtt, ref context));
        target.Unreserve();
        Assert.True(others[0].IsSwapped);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void ASwapThatIsAskedForStopsAtASignal()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 64 * PageBytes, Swap = store }, new InlineDriver());
        BufferObject[] all = [Make(device, 2), Make(device, 2), Make(device, 2)];
        WaitInterrupt interrupt = new();
        interrupt.Interrupt();
        OperationContext context = new() { Interrupt = interrupt };
        Assert.Equal(0ul, device.SwapOut(6, ref context));
        Assert.Equal(MemoryDomain.System, all[0].Resource!.Domain); // It was on its way,
        Assert.Equal(MemoryDomain.Gtt, all[1].Resource!.Domain); // and nobody else was troubled.
    }

    [Fact]
    public void AndDoesNotGoOnInTheNextDomain()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 64 * PageBytes, Swap = store }, new InlineDriver());
        BufferObject inSystem = Make(device, 2);
        OperationContext context = default;
        inSystem.Reserve();
        Assert.Equal(MmStatus.Ok, inSystem.Validate(Placement.System, ref context));
        inSystem.Unreserve();
        BufferObject inAperture = Make(device, 2);
        WaitInterrupt interrupt = new();
        interrupt.Interrupt();
        context.Interrupt = interrupt;
        Assert.Equal(0ul, device.SwapOut(6, ref context));
        Assert.Equal(MemoryDomain.Gtt, inAperture.Resource!.Domain);
    }

    [Fact]
    public void ASignalEndsTheSwapThatFullSystemRamCausesAndIsTheAnswer()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 2 * PageBytes, Swap = store }, new InlineDriver());
        Make(device, 2);
        BufferObject target = Make(device, 0);
        target.Reserve();
        OperationContext context = default;
        device.Faults = FaultPlan.Nth(1, FaultPoint.Move);
        Assert.Equal(MmStatus.Interrupted, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Gtt, ref context));
        target.Unreserve();
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void WhoMayNotWaitDoesNotWaitForTheGpuUseOfOthersEither()
    {
        using MemorySwapStore store = new();
        ManualDriver driver = new();
        using GpuDevice device = new(
            new GpuDeviceOptions { SystemBytes = 64 * PageBytes, PageLimitBytes = 2 * PageBytes, Swap = store }, driver);
        FenceContext jobs = new("job");
        BufferObject other = Make(device, 2);
        other.Reserve();
        other.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        other.Reservation.Unlock();
        BufferObject target = Make(device, 0);
        target.Reserve();
        OperationContext context = new() { NoWaitGpu = true };
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(0ul, jobs.SignaledSeqno);
        context.NoWaitGpu = false;
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(1ul, jobs.SignaledSeqno);
        target.Unreserve();
    }

    [Fact]
    public void WhoMayNotWaitDoesNotWaitForPagesThatAreOnTheirWayBack()
    {
        ManualDriver driver = new();
        using TestDevice test = new(systemPages: 4, driver: driver);
        BufferObject moved = test.Create(4, Placement.Gtt, "moved");
        Assert.Equal(MmStatus.Ok, test.Place(moved, Placement.Vram)); // Its pages wait for the copy.
        BufferObject target = test.Create(2, Placement.Empty, "target");
        target.Reserve();
        OperationContext context = new() { NoWaitGpu = true };
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(0ul, driver.Copies.SignaledSeqno);
        context.NoWaitGpu = false;
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Gtt, ref context));
        target.Unreserve();
        test.AssertValid();
    }

    [Fact]
    public void NorForApertureThatIsOnItsWayBack()
    {
        ManualDriver driver = new();
        using TestDevice test = new(aperturePages: 2, driver: driver);
        BufferObject moved = test.Create(2, Placement.Gtt, "moved");
        Assert.Equal(MmStatus.Ok, test.Place(moved, Placement.Vram));
        BufferObject target = test.Create(2, Placement.System, "target");
        target.Reserve();
        OperationContext context = new() { NoWaitGpu = true };
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(0ul, driver.Copies.SignaledSeqno);
        context.NoWaitGpu = false;
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(1ul, driver.Copies.SignaledSeqno);
        target.Unreserve();
        test.AssertValid();
    }

    [Fact]
    public void TheCopyOfAHopIsNothingThatWhoMayNotWaitRefuses()
    {
        ManualDriver driver = new() { NeedsHop = true };
        using TestDevice test = new(driver: driver);
        BufferObject target = test.Create(2, Placement.Vram, "target");
        target.Reserve();
        OperationContext context = new() { NoWaitGpu = true };
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.System, ref context));
        Assert.Equal(MemoryDomain.System, target.Resource!.Domain);
        Assert.Equal(4 * PageBytes, context.BytesMoved);
        Assert.Equal(0ul, driver.Copies.SignaledSeqno);

        // What ran before is.
        Assert.Equal(MmStatus.Busy, target.Validate(Placement.Gtt, ref context));
        Assert.Equal(MemoryDomain.System, target.Resource.Domain);
        target.Unreserve();
        test.AssertValid();
    }

    [Fact]
    public void TheLimitOfAWaitHoldsForAllFencesTogether()
    {
        ClockDriver driver = new();
        using GpuDevice device = new(new GpuDeviceOptions { Swap = new MemorySwapStore(), MoveWaitLimitNs = 10 }, driver);
        BufferObject target = Make(device, 2);
        target.Reserve();
        FenceContext[] timelines = [new("first"), new("second"), new("third")];
        Array.ForEach(timelines, timeline => target.Reservation.AddFence(timeline.Issue(), FenceUsage.Read));
        OperationContext context = default;
        Assert.Equal(MmStatus.Busy, device.SwapOutObject(target, ref context));
        Assert.Equal([10ul, 4ul], driver.Limits); // Six of ten went by with the first.
        target.Unreserve();
    }

    [Fact]
    public void SoDoesTheLimitOfTheWaitForADeletedObject()
    {
        ClockDriver driver = new();
        using GpuDevice device = new(new GpuDeviceOptions { ApertureBytes = 2 * PageBytes, ReleaseWaitLimitNs = 10 }, driver);
        BufferObject gone = Make(device, 2);
        gone.Reserve();
        FenceContext[] timelines = [new("first"), new("second"), new("third")];
        Array.ForEach(timelines, timeline => gone.Reservation.AddFence(timeline.Issue(), FenceUsage.Read));
        gone.Reservation.Unlock();
        gone.Release();
        BufferObject target = Make(device, 0);
        target.Reserve();
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Gtt, ref context));
        Assert.Equal([10ul, 4ul], driver.Limits);
        target.Unreserve();
    }

    private static BufferObject Make(GpuDevice device, ulong pages)
    {
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(
            new BufferObjectDescription(ulong.Max(pages, 2) * PageBytes, "bo"),
            pages == 0 ? Placement.Empty : Placement.Gtt,
            ref context,
            out BufferObject? made));
        return made!;
    }

    // Work takes 6 ns each; a wait ends at its limit.
    private sealed class ClockDriver : GpuDriver
    {
        private ulong _nowNs;

        public System.Collections.Generic.List<ulong> Limits { get; } = [];

        public override ulong NowNs => _nowNs;

        public override MoveResult Move(in MoveRequest request) => MoveResult.Done;

        public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
        {
            Limits.Add(limitNs);
            _nowNs += ulong.Min(limitNs, 6);
            if (limitNs < 6)
            {
                return MmStatus.Busy;
            }

            fence.Context!.SignalTo(fence.Seqno);
            return MmStatus.Ok;
        }
    }
}
