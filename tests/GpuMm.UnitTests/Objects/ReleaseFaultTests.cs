using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>What may fail while an object is released: its lock, and its own copy of the fences.</summary>
public sealed class ReleaseFaultTests
{
    [Fact]
    public void WhoseLockCannotBeTriedIsFreedLater()
    {
        using TestDevice test = new();
        BufferObject dying = test.Create(2, Placement.Vram);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        dying.Release();
        Assert.Equal((1, 2ul * 4096), (test.Device.ObjectCount, test.Device.Manager(MemoryDomain.Vram).UsedBytes));
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal((0, 0ul), (test.Device.ObjectCount, test.Device.Manager(MemoryDomain.Vram).UsedBytes));
        test.AssertValid();
    }

    // Source: ttm_bo_release, which waits when dma_resv_copy_fences fails.
    [Fact]
    public void WithoutACopyOfTheFencesTheReleaseWaits()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        FenceContext jobs = new("job");
        BufferObject dying = CreateBusy(test, jobs);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.CopyFences);
        dying.Release();
        Assert.Equal((1ul, 0), (jobs.SignaledSeqno, test.Device.ObjectCount));
        Assert.Contains("wait job:1", driver.Log);
        test.AssertValid();
    }

    [Fact]
    public void AWaitThatTakesTooLongLeavesItToLater()
    {
        using TestDevice test = new(driver: new ImpatientDriver());
        FenceContext jobs = new("job");
        BufferObject dying = CreateBusy(test, jobs);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.CopyFences);
        dying.Release();
        Assert.Equal(1ul, test.Device.Faults.Hits(FaultPoint.CopyFences)); // It is not asked for twice.
        Assert.Equal(1, test.Device.ObjectCount);
        jobs.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(0, test.Device.ObjectCount);
        test.AssertValid();
    }

    [Fact]
    public void AFailureIsToldBeforeTheRelease()
    {
        using TestDevice test = new(driver: new ManualDriver());
        BufferObject dying = CreateBusy(test, new FenceContext("job"));
        Kinds kinds = new();
        test.Device.Faults = FaultPlan.Scripted(static (point, _) => point is FaultPoint.CopyFences);
        test.Device.AddObserver(kinds);
        dying.Release();
        Assert.Equal([DeviceEventKind.FaultInjected, DeviceEventKind.ObjectReleased], kinds.Heard[..2]);
        Assert.DoesNotContain(DeviceEventKind.FaultInjected, kinds.Heard[2..]);
    }

    private static BufferObject CreateBusy(TestDevice test, FenceContext jobs)
    {
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4096, "dying", SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Gtt, ref context, out BufferObject? made));
        shared.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        shared.Unlock();
        return made!;
    }

    private sealed class ImpatientDriver : InlineDriver
    {
        public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt) => fence.IsSignaled ? MmStatus.Ok : MmStatus.Busy;
    }

    private sealed class Kinds : IDeviceObserver
    {
        public List<DeviceEventKind> Heard { get; } = [];

        public void OnEvent(in DeviceEvent occurred) => Heard.Add(occurred.Kind);
    }
}
