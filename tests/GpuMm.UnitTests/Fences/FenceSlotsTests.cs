using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Fences;

/// <summary>Fences of a reservation: classes, room made before, copies with a life of their own, waits that end early.</summary>
public sealed class FenceSlotsTests
{
    [Fact]
    public void AUsageIsRaisedButNeverLowered()
    {
        Reservation reservation = new();
        FenceContext jobs = new("job");
        reservation.Lock();
        Fence first = jobs.Issue();
        reservation.AddFence(first, FenceUsage.Bookkeep);
        reservation.AddFence(first, FenceUsage.Write);
        Assert.Equal(1, reservation.FenceCount);
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Write, out _));
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Kernel, out _));
        Fence later = jobs.Issue();
        reservation.AddFence(later, FenceUsage.Read); // Weaker: kept beside, for the write is not done earlier.
        Assert.Equal(2, reservation.FenceCount);
        reservation.AddFence(later, FenceUsage.Kernel);
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence kernel));
        Assert.Equal(later, kernel);
        reservation.Unlock();
    }

    [Fact]
    public void AStrongerClassIsNotMadeToWaitForALaterFenceOfAWeakerOne()
    {
        Reservation reservation = new();
        FenceContext jobs = new("job");
        Fence copy = jobs.Issue();
        Fence later = jobs.Issue();
        reservation.Lock();
        reservation.AddFence(later, FenceUsage.Bookkeep);
        reservation.AddFence(copy, FenceUsage.Kernel);
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence kernel));
        Assert.Equal(copy, kernel);
        Assert.Equal(2, reservation.FenceCount);
        reservation.AddFence(copy, FenceUsage.Read); // As kernel work it is waited for by everyone already.
        reservation.AddFence(copy, FenceUsage.Bookkeep);
        Assert.Equal(2, reservation.FenceCount);
        jobs.SignalTo(1);
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Read, out _));
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _));
        reservation.Unlock();
    }

    [Fact]
    public void AddingIntoReservedRoomAllocatesNothing()
    {
        Reservation reservation = new();
        reservation.Lock();
        Fence[] fences = new Fence[9];
        for (int i = 0; i < fences.Length; i++)
        {
            fences[i] = new FenceContext($"c{i}").Issue();
        }

        reservation.AddFence(fences[0], FenceUsage.Read);
        reservation.ReserveFences(8);
        ManagedBytes bytes = ManagedBytes.Count();
        for (int i = 1; i < fences.Length; i++)
        {
            reservation.AddFence(fences[i], FenceUsage.Read);
        }

        Assert.Equal(0, bytes.Allocated);
        Assert.Equal(9, reservation.FenceCount);
        reservation.Unlock();
    }

    [Fact]
    public void ADeletedObjectWaitsForItsOwnCopyOfASharedReservationsFences()
    {
        using TestDevice test = new(driver: new ManualDriver());
        Reservation shared = new();
        FenceContext jobs = new("job");
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4096, "gone", SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? gone));
        shared.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        shared.Unlock();
        gone!.Release();
        shared.Lock();
        shared.AddFence(jobs.Issue(), FenceUsage.Bookkeep); // Work of the others, after it was gone.
        shared.Unlock();
        Assert.Equal(0, test.Device.Reap());
        jobs.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(0, test.Device.ObjectCount);
        test.AssertValid();
    }

    [Fact]
    public void AnInterruptedWaitForAFenceLeavesTheObjectWhereItIs()
    {
        using TestDevice test = new();
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20, Swap = store }, new InlineDriver());
        WaitInterrupt signal = new();
        OperationContext context = new() { Interrupt = signal };
        device.TryCreate(new BufferObjectDescription(4096), Placement.System, ref context, out BufferObject? target);
        FenceContext jobs = new("job");
        target!.Reserve();
        Assert.Equal(MmStatus.Ok, device.Populate(target, clear: true));
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        Thread other = new(signal.Interrupt);
        other.Start();
        Assert.Equal(MmStatus.Interrupted, device.SwapOutObject(target, ref context));
        other.Join();
        Assert.False(target.IsSwapped);
        signal.Clear();
        Assert.False(signal.IsRaised);
        jobs.SignalTo(1);
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(target, ref context));
        target.Unreserve();
    }

    [Fact]
    public void ASetOfLocksThatIsInterruptedHoldsNothing()
    {
        Reservation[] set = [new(), new()];
        set[1].Lock();
        AcquireContext acquire = new();
        WaitInterrupt signal = new();
        MmStatus answer = MmStatus.Ok;
        Thread other = new(() => answer = acquire.LockAll(set, signal));
        other.Start();
        signal.Interrupt();
        other.Join();
        Assert.Equal(MmStatus.Interrupted, answer);
        Assert.False(set[0].IsLocked);
        set[1].Unlock();
        signal.Clear();
        Assert.Equal(MmStatus.Ok, acquire.LockAll(set, signal));
        acquire.UnlockAll();
    }

    [Fact]
    public void TheNinthRunningCopyOfADomainFindsNoSlot()
    {
        using TestDevice test = new();
        ResourceManager manager = test.Device.Manager(MemoryDomain.Vram);
        FenceContext[] copies = new FenceContext[9];
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i] = new FenceContext($"copy {i}");
            Assert.Equal(i < 8, manager.TryAddEvictionFence(copies[i].Issue()));
        }

        Assert.True(manager.TryAddEvictionFence(copies[3].Issue())); // Its own slot serves a timeline again.
        copies[5].SignalTo(1);
        Assert.True(manager.TryAddEvictionFence(copies[8].Issue()));
    }
}
