using System;
using System.Threading;
using GpuMm.Fences;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.ConformanceTests.Exec;

/// <summary>The suite test-ww_mutex: one lock that is held, two in opposite order, a ring of them, and many under stress.</summary>
public sealed class WwMutexSuite
{
    private const int StressLocks = 16;
    private const int StressRounds = 300;

    private long _lastStamp;

    public enum StressOrder
    {
        InOrder,
        Reorder,
        One,
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void WW_1_mutex(bool isTried, bool hasTicket)
    {
        Reservation mutex = new();
        ReservationTicket? mine = hasTicket ? NextTicket() : null;
        Assert.Equal(MmStatus.Ok, mutex.Lock(mine));
        using ManualResetEventSlim isReady = new();
        bool isDone = false;
        Thread other = new(() =>
        {
            ReservationTicket? theirs = hasTicket ? NextTicket() : null;
            isReady.Set();
            if (isTried)
            {
                SpinWait.SpinUntil(() => mutex.TryLock(theirs));
            }
            else
            {
                Assert.Equal(MmStatus.Ok, mutex.Lock(theirs)); // It holds nothing else, so it waits, however young.
            }

            Volatile.Write(ref isDone, true);
            mutex.Unlock();
        });
        other.Start();
        isReady.Wait(TestContext.Current.CancellationToken);
        if (!isTried)
        {
            SpinWait.SpinUntil(() => (other.ThreadState & ThreadState.WaitSleepJoin) != 0);
        }

        Assert.False(Volatile.Read(ref isDone));
        mutex.Unlock();
        other.Join();
        Assert.True(isDone);
        Assert.Equal(0, mine?.HeldCount ?? 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WW_2_aa(bool isTried)
    {
        Reservation mutex = new();
        ReservationTicket ticket = NextTicket();
        if (isTried)
        {
            Assert.True(mutex.TryLock(ticket));
        }
        else
        {
            Assert.Equal(MmStatus.Ok, mutex.Lock(ticket));
        }

        Assert.False(mutex.TryLock());
        Assert.False(mutex.TryLock(ticket));
        Assert.Equal(MmStatus.AlreadyHeld, mutex.Lock(ticket));
        Assert.Equal(1, ticket.HeldCount);
        mutex.Unlock();
        Assert.False(mutex.IsLocked);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void WW_3_abba(bool isTried, bool isResolved)
    {
        Reservation a = new();
        Reservation b = new();
        using ManualResetEventSlim holdsA = new();
        using ManualResetEventSlim holdsB = new();
        MmStatus theirs = MmStatus.Ok;
        ReservationTicket older = NextTicket();
        ReservationTicket younger = NextTicket();
        Thread other = new(() =>
        {
            Take(b, younger, isTried);
            holdsB.Set();
            holdsA.Wait();
            theirs = a.Lock(younger);
            Reservation back = b;
            if (theirs == MmStatus.Deadlock && isResolved)
            {
                b.Unlock();
                theirs = a.Lock(younger); // It holds nothing now.
                back = theirs == MmStatus.Ok && b.Lock(younger) == MmStatus.Ok ? b : a;
            }

            back.Unlock();
            if (theirs == MmStatus.Ok)
            {
                a.Unlock();
            }
        });
        Take(a, older, isTried);
        other.Start();
        holdsB.Wait(TestContext.Current.CancellationToken);
        holdsA.Set();
        Assert.Equal(MmStatus.Ok, b.Lock(older)); // The older one waits until the younger has backed off.
        b.Unlock();
        a.Unlock();
        other.Join();
        Assert.Equal(isResolved ? MmStatus.Ok : MmStatus.Deadlock, theirs);
        Assert.False(a.IsLocked || b.IsLocked);
        Assert.Equal((0, 0), (older.HeldCount, younger.HeldCount));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void WW_4_cycle(int count)
    {
        Reservation[] ring = new Reservation[count];
        Thread[] threads = new Thread[count];
        MmStatus[] answers = new MmStatus[count];
        using Barrier allHoldOne = new(count);
        for (int i = 0; i < count; i++)
        {
            ring[i] = new Reservation();
        }

        for (int i = 0; i < count; i++)
        {
            int index = i;
            threads[i] = new Thread(() =>
            {
                ReservationTicket ticket = NextTicket();
                (Reservation own, Reservation next) = (ring[index], ring[(index + 1) % count]);
                own.Lock(ticket);
                allHoldOne.SignalAndWait();
                answers[index] = next.Lock(ticket);
                if (answers[index] == MmStatus.Deadlock)
                {
                    own.Unlock();
                    Assert.Equal(MmStatus.Ok, next.Lock(ticket));
                    answers[index] = own.Lock(ticket);
                    if (answers[index] != MmStatus.Ok)
                    {
                        next.Unlock();
                        return;
                    }
                }

                own.Unlock();
                next.Unlock();
            });
        }

        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.All(answers, static answer => Assert.True(answer is MmStatus.Ok or MmStatus.Deadlock));
        Assert.Contains(MmStatus.Ok, answers);
        Assert.All(ring, static mutex => Assert.False(mutex.IsLocked));
    }

    [Theory]
    [InlineData(StressOrder.InOrder)]
    [InlineData(StressOrder.Reorder)]
    [InlineData(StressOrder.One)]
    public void WW_5_stress(StressOrder order)
    {
        Reservation[] locks = new Reservation[StressLocks];
        int[] counts = new int[StressLocks]; // Lock: the one of the same number
        for (int i = 0; i < StressLocks; i++)
        {
            locks[i] = new Reservation();
        }

        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            Prng random = new((ulong)i + 1);
            threads[i] = new Thread(() => Stress(order, locks, counts, random));
        }

        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        int expected = threads.Length * StressRounds * (order == StressOrder.One ? 1 : StressLocks);
        int sum = 0;
        Array.ForEach(counts, count => sum += count);
        Assert.Equal(expected, sum); // Nobody was inside together with another.
        Assert.All(locks, static mutex => Assert.False(mutex.IsLocked));
    }

    private static void Take(Reservation mutex, ReservationTicket ticket, bool isTried)
    {
        if (!isTried)
        {
            mutex.Lock(ticket);
        }
        else if (!mutex.TryLock(ticket))
        {
            throw new InvalidOperationException("Nobody else holds it yet.");
        }
    }

    private static void Stress(StressOrder order, Reservation[] locks, int[] counts, Prng random)
    {
        AcquireContext acquire = new();
        Reservation[] mine = [.. locks];
        for (int round = 0; round < StressRounds; round++)
        {
            if (order == StressOrder.One)
            {
                int one = (int)random.Below(StressLocks);
                locks[one].Lock();
                counts[one]++;
                locks[one].Unlock();
                continue;
            }

            for (int i = mine.Length - 1; i > 0 && (order == StressOrder.Reorder || round == 0); i--)
            {
                int with = (int)random.Below((uint)i + 1);
                (mine[i], mine[with]) = (mine[with], mine[i]);
            }

            acquire.LockAll(mine);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i]++;
            }

            acquire.UnlockAll();
        }
    }

    private ReservationTicket NextTicket() => new((ulong)Interlocked.Increment(ref _lastStamp));
}
