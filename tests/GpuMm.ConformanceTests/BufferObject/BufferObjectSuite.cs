using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream suite of buffer objects.</summary>
public sealed class BufferObjectSuite
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void BO_01_reserve_optimistic_no_ticket(bool isInterruptible, bool noWait)
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        Assert.Equal(MmStatus.Ok, target.Reserve(null, noWait, isInterruptible ? new WaitInterrupt() : null));
        target.Reservation.Unlock();
    }

    [Fact]
    public void BO_04_reserve_locked_no_sleep()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Reservation.TryLock();
        Assert.Equal(MmStatus.Busy, target.Reserve(noWait: true));
        target.Reservation.Unlock();
    }

    [Fact]
    public void BO_05_reserve_no_wait_ticket()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        Assert.Equal(MmStatus.Busy, target.Reserve(new ReservationTicket(1), noWait: true));
        Assert.False(target.Reservation.IsLocked);
    }

    [Fact]
    public void BO_06_reserve_double_resv()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        ReservationTicket ticket = new(1);
        Assert.Equal(MmStatus.Ok, target.Reserve(ticket));
        Assert.Equal(MmStatus.AlreadyHeld, target.Reserve(ticket));
        target.Reservation.Unlock();
    }

    [Fact]
    public void BO_07_reserve_interrupted()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Reserve();
        WaitInterrupt signal = new();
        MmStatus answer = MmStatus.Ok;
        Thread other = new(() => answer = target.Reserve(interrupt: signal));
        other.Start();
        signal.Interrupt();
        other.Join();
        Assert.Equal(MmStatus.Interrupted, answer);
        target.Reservation.Unlock();
        Assert.Equal(MmStatus.Ok, target.Reserve(interrupt: signal)); // Nobody would wait, so nothing is interrupted.
        target.Reservation.Unlock();
    }

    [Fact]
    public void BO_08_reserve_deadlock()
    {
        using MockDevice test = new();
        BufferObject first = test.Bare();
        BufferObject second = test.Bare();
        ReservationTicket older = new(1);
        ReservationTicket younger = new(2);
        Assert.Equal(MmStatus.Ok, second.Reserve(older));
        Assert.Equal(MmStatus.Ok, first.Reserve(younger));
        Assert.Equal(MmStatus.Deadlock, second.Reserve(younger));
        first.Reservation.Unlock();
        second.Reservation.Unlock();
    }

    [Fact]
    public void BO_09_unreserve_basic()
    {
        using MockDevice test = new();
        ResourceManager manager = test.Device.Manager(MemoryDomain.System);
        BufferObject first = test.Create(MockDevice.BoBytes, Placement.System, priority: 3);
        BufferObject second = test.Create(MockDevice.BoBytes, Placement.System, priority: 3);
        Assert.Equal([first.Resource!, second.Resource!], manager.OrderOf(3));
        first.Reserve();
        first.Unreserve();
        Assert.Equal([second.Resource!, first.Resource!], manager.OrderOf(3));
    }

    [Fact]
    public void BO_10_unreserve_pinned()
    {
        using MockDevice test = new();
        ResourceManager manager = test.Device.Manager(MemoryDomain.System);
        BufferObject first = Pinned(test);
        BufferObject second = Pinned(test);
        first.Reserve();
        first.Unreserve();
        Assert.Empty(manager.OrderOf(0));
        Assert.Equal([second.Resource!, first.Resource!], manager.OrderOf(ResourceManager.PriorityCount));
    }

    [Fact]
    public void BO_11_unreserve_bulk()
    {
        using MockDevice test = new();
        Reservation shared = new();
        BulkMove bulk = new(test.Device, shared);
        shared.Lock();
        BufferObject first = test.Create(MockDevice.BoBytes, Placement.System, shared: shared);
        BufferObject second = test.Create(MockDevice.BoBytes, Placement.System, shared: shared);
        first.SetBulkMove(bulk);
        second.SetBulkMove(bulk);
        shared.Unlock();
        Assert.Same(second.Resource, bulk.Last(MemoryDomain.System, 0));
        first.Reserve();
        first.Unreserve();
        Assert.Same(first.Resource, bulk.Last(MemoryDomain.System, 0));
        Assert.Same(second.Resource, bulk.First(MemoryDomain.System, 0));
        test.AssertValid();
    }

    [Fact]
    public void BO_12_put_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        target.Release();
        Assert.Null(target.Resource);
        Assert.Equal(0, test.Device.ObjectCount);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.System).UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void BO_13_put_shared_resv()
    {
        using MockDevice test = new();
        Reservation shared = new();
        FenceContext jobs = new("job");
        shared.Lock();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System, shared: shared);
        Fence fence = jobs.Issue();
        jobs.SignalTo(fence.Seqno);
        shared.AddFence(fence, FenceUsage.Bookkeep);
        shared.Unlock();
        target.Release();
        Assert.Equal(0, test.Device.ObjectCount);
        Assert.True(shared.TryLock());
        shared.Unlock();
    }

    [Fact]
    public void BO_14_pin_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        target.Reserve();
        for (int i = 0; i < 3; i++)
        {
            target.Pin();
        }

        Assert.Equal(3, target.PinCount);
        target.Reservation.Unlock();
    }

    [Fact]
    public void BO_15_pin_unpin_resource()
    {
        using MockDevice test = new();
        BufferObject target = InBulk(test, out BulkMove bulk);
        target.Reserve();
        target.Pin();
        Assert.Null(bulk.First(MemoryDomain.System, 0));
        Assert.Null(bulk.Last(MemoryDomain.System, 0));
        target.Unpin();
        Assert.Same(target.Resource, bulk.Last(MemoryDomain.System, 0));
        Assert.Equal(0, target.PinCount);
        target.Reservation.Unlock();
        test.AssertValid();
    }

    [Fact]
    public void BO_16_multiple_pin_one_unpin()
    {
        using MockDevice test = new();
        BufferObject target = InBulk(test, out BulkMove bulk);
        target.Reserve();
        target.Pin();
        target.Pin();
        target.Unpin();
        Assert.Equal(1, target.PinCount);
        Assert.Null(bulk.Last(MemoryDomain.System, 0));
        target.Reservation.Unlock();
        test.AssertValid();
    }

    private static BufferObject Pinned(MockDevice test)
    {
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        target.Reserve();
        target.Pin();
        target.Reservation.Unlock();
        return target;
    }

    private static BufferObject InBulk(MockDevice test, out BulkMove bulk)
    {
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        bulk = new BulkMove(test.Device, target.Reservation);
        target.Reserve();
        target.SetBulkMove(bulk);
        target.Reservation.Unlock();
        return target;
    }
}
