using System;
using System.Threading;
using GpuMm.Fences;
using Xunit;

namespace GpuMm.UnitTests.Fences;

public sealed class ReservationTests
{
    [Fact]
    public void AHeldLockRefusesATryLock()
    {
        Reservation reservation = new();
        Assert.True(reservation.TryLock());
        Assert.False(reservation.TryLock());
        reservation.Unlock();
        Assert.True(reservation.TryLock());
        reservation.Unlock();
    }

    [Fact]
    public void UnlockingAFreeReservationThrows()
    {
        Assert.Throws<InvalidOperationException>(() => new Reservation().Unlock());
    }

    [Fact]
    public void FencesOfOneTimelineAreReplacedByOneOfAnotherAndMayGrowWeaker()
    {
        Reservation reservation = new();
        FenceContext preemption = new("preemption");
        FenceContext job = new("job");
        FenceContext other = new("other");
        reservation.Lock();
        reservation.ReplaceFences(preemption, job.Issue(), FenceUsage.Kernel); // There is none.
        Assert.Equal(0, reservation.FenceCount);
        reservation.AddFence(preemption.Issue(), FenceUsage.Kernel);
        reservation.AddFence(other.Issue(), FenceUsage.Read);
        Fence end = job.Issue();
        reservation.ReplaceFences(preemption, end, FenceUsage.Bookkeep);
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Write, out _));
        other.SignalTo(1);
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out Fence found));
        Assert.Equal(end, found);
        reservation.ReplaceFences(job, default, FenceUsage.Bookkeep);
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _));
        reservation.Unlock();
    }

    [Fact]
    public void TheSameTicketIsToldThatItHoldsTheLock()
    {
        Reservation reservation = new();
        ReservationTicket ticket = new(5);
        Assert.Equal(MmStatus.Ok, reservation.Lock(ticket));
        Assert.Equal(MmStatus.AlreadyHeld, reservation.Lock(ticket));
        Assert.Equal(1, ticket.HeldCount);
        reservation.Unlock();
        Assert.Equal(0, ticket.HeldCount);
    }

    [Fact]
    public void AYoungerTicketThatHoldsOthersBacksOffFromAnOlderOne()
    {
        Reservation first = new();
        Reservation second = new();
        ReservationTicket older = new(1);
        ReservationTicket younger = new(2);
        second.Lock(older);
        first.Lock(younger);
        Assert.Equal(MmStatus.Deadlock, second.Lock(younger));
        first.Unlock();
        second.Unlock();
    }

    [Fact]
    public void AWaiterGetsTheLockWhenItIsGivenBack()
    {
        Reservation reservation = new();
        reservation.Lock();
        bool got = false;
        Thread waiter = new(() =>
        {
            reservation.Lock();
            got = true;
            reservation.Unlock();
        });
        waiter.Start();
        SpinWait.SpinUntil(() => waiter.ThreadState == ThreadState.WaitSleepJoin);
        Assert.False(got);
        reservation.Unlock();
        waiter.Join();
        Assert.True(got);
        Assert.False(reservation.IsLocked);
    }

    [Fact]
    public void AClassIncludesTheStrongerOnesOnly()
    {
        FenceContext timeline = new("t");
        Reservation reservation = new();
        reservation.Lock();
        reservation.AddFence(timeline.Issue(), FenceUsage.Read);
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Kernel, out _));
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Write, out _));
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Read, out _));
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _));
        timeline.SignalTo(1);
        Assert.False(reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _));
        reservation.Unlock();
    }

    [Fact]
    public void ALaterFenceOfAContextReplacesAWeakerOneButNotAStrongerOne()
    {
        FenceContext timeline = new("t");
        Reservation reservation = new();
        reservation.Lock();
        reservation.AddFence(timeline.Issue(), FenceUsage.Read);
        reservation.AddFence(timeline.Issue(), FenceUsage.Kernel);
        Assert.Equal(1, reservation.FenceCount);
        reservation.FenceAt(0, out FenceUsage usage);
        Assert.Equal(FenceUsage.Kernel, usage);
        reservation.AddFence(timeline.Issue(), FenceUsage.Read);
        Assert.Equal(2, reservation.FenceCount);
        Assert.True(reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence kernel));
        Assert.Equal(2ul, kernel.Seqno);
        reservation.Unlock();
    }

    [Fact]
    public void ASignalledFenceMakesRoomForAnother()
    {
        Reservation reservation = new();
        reservation.Lock();
        for (int i = 0; i < 100; i++)
        {
            FenceContext timeline = new("t");
            reservation.AddFence(timeline.Issue(), FenceUsage.Write);
            timeline.SignalTo(1);
        }

        Assert.InRange(reservation.FenceCount, 1, 2);
        reservation.Unlock();
    }

    [Fact]
    public void SignallingBackwardsOrAheadOfWhatWasIssuedThrows()
    {
        FenceContext timeline = new("copy");
        timeline.Issue();
        timeline.Issue();
        timeline.SignalTo(2);
        InvalidOperationException back = Assert.Throws<InvalidOperationException>(() => timeline.SignalTo(1));
        Assert.Contains("out of order", back.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => timeline.SignalTo(3));
    }

    [Fact]
    public void TwoThreadsThatLockTheSameSetInOppositeOrderBothFinish()
    {
        Reservation[] set = [new(), new(), new()];
        Reservation[] reversed = [set[2], set[1], set[0], set[2]];
        int inside = 0;
        int overlaps = 0;
        void Work(Reservation[] order)
        {
            AcquireContext acquire = new();
            for (int i = 0; i < 2_000; i++)
            {
                acquire.LockAll(order);
                overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                Assert.Equal(3, acquire.HeldCount);
                Interlocked.Decrement(ref inside);
                acquire.UnlockAll();
            }
        }

        Thread other = new(() => Work(reversed));
        other.Start();
        Work(set);
        other.Join();
        Assert.Equal(0, overlaps);
        Assert.All(set, static reservation => Assert.False(reservation.IsLocked));
    }
}
