using System;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Fences;

/// <summary>The lock of an object (or of several that share it) and the fences of the work that uses it.</summary>
/// <remarks>
/// Waiting follows wait-or-back-off by age: a locker with a ticket that already holds others, and meets the lock of an
/// older ticket, is told <see cref="MmStatus.Deadlock"/> and must release everything; an older one waits. Source: the
/// kernel's wait/wound mutexes in wait-die mode and dma_resv.
/// <para>
/// The lock is one word, changed by compare-exchange (a full fence both ways), so that a lock and unlock without
/// contention costs two atomic operations; the waiters' bit is set only under the gate, and whoever clears the word
/// with the bit set wakes everyone under the same gate, so no wake-up is lost.
/// </para>
/// <para>
/// An object is its own reservation: so millions of them cost no second object each. One that shares the reservation of
/// others refuses to be taken as one.
/// </para>
/// </remarks>
public class Reservation
{
    //  63            2   1        0
    // | ticket stamp  | waiters | locked |    0 = free; stamp 0 = locked without a ticket
    private const ulong LockedBit = 1;
    private const ulong WaitersBit = 2;
    private const ulong Refused = WaitersBit; // Nobody waits for what nobody holds: this one is not used.
    private const int StampShift = 2;

    private ReservationSide? _side;
    private ulong _state;
    private uint _holdNumber; // Lock: this reservation
#if DEBUG
    private int _ownerThread;
#endif

    /// <summary>One to be shared by several objects.</summary>
    public Reservation()
    {
    }

    private protected Reservation(bool isRefused)
    {
        _state = isRefused ? Refused : 0;
    }

    /// <summary>True while anyone holds the lock.</summary>
    public bool IsLocked => (Volatile.Read(ref _state) & LockedBit) != 0;

    /// <summary>The ticket under which it is held, or null. Lock: this reservation.</summary>
    public ReservationTicket? Ticket => _side?.Ticket;

    /// <summary>Counts how often it was taken; wraps around. Lock: this reservation.</summary>
    internal uint HoldNumber => _holdNumber;

    /// <summary>Number of fences kept, signalled ones included. Lock: this reservation.</summary>
    public int FenceCount => _side?.Fences.Count ?? 0;

    private protected ReservationSide? Side => Volatile.Read(ref _side);

    /// <summary>True when the lock is held under a ticket. Exact for the ticket's own thread.</summary>
    /// <param name="ticket">The ticket.</param>
    public bool IsHeldBy(ReservationTicket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return Volatile.Read(ref _state) >> StampShift == ticket.Stamp;
    }

    /// <summary>Takes the lock if nobody holds it. Never waits.</summary>
    /// <param name="ticket">The locker's ticket, or null.</param>
    public bool TryLock(ReservationTicket? ticket = null)
    {
        ulong mine = LockedBit | ((ticket?.Stamp ?? 0) << StampShift);
        ulong seen = Interlocked.CompareExchange(ref _state, mine, 0);
        if (seen != 0)
        {
            return seen == Refused ? throw new InvalidOperationException("The object shares a reservation with others: take that one.") : false;
        }

        Acquired(ticket);
        return true;
    }

    /// <summary>Takes the lock, waiting for it if need be.</summary>
    /// <param name="ticket">The locker's ticket; null for a single lock outside any set.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.AlreadyHeld"/> when this ticket holds it already;
    /// <see cref="MmStatus.Deadlock"/> when an older ticket holds it and this one holds others.
    /// </returns>
    /// <remarks>Lock: may be called under an address-space lock or other reservations of the same ticket, no more.</remarks>
    public MmStatus Lock(ReservationTicket? ticket = null) => Lock(ticket, interrupt: null);

    /// <summary>Takes the lock, waiting for it until the wait is interrupted.</summary>
    /// <param name="ticket">The locker's ticket; null for a single lock outside any set.</param>
    /// <param name="interrupt">Ends the wait early; null for never. It is looked at only where the caller would wait.</param>
    /// <returns>As without it, or <see cref="MmStatus.Interrupted"/>.</returns>
    /// <remarks>Cost: without contention as without it.</remarks>
    public MmStatus Lock(ReservationTicket? ticket, WaitInterrupt? interrupt)
    {
        if (TryLock(ticket))
        {
            return MmStatus.Ok;
        }

        if (ticket is not null && IsHeldBy(ticket))
        {
            return MmStatus.AlreadyHeld;
        }

        if (interrupt is not null && IsWaitFaulted())
        {
            return MmStatus.Interrupted;
        }

        interrupt?.Join(this);
        try
        {
            return LockSlowly(ticket, interrupt);
        }
        finally
        {
            interrupt?.Leave(this);
        }
    }

    /// <summary>Gives the lock back.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    public void Unlock()
    {
        AssertHeld();
        if (_side is { Ticket: { } ticket } side)
        {
            ticket.HeldCount--;
            side.Ticket = null;
        }

#if DEBUG
        _ownerThread = 0;
#endif
        LockOrder.Released(LockRank.Reservation);
        ulong old = Interlocked.Exchange(ref _state, 0);
        if (old == 0)
        {
            throw new InvalidOperationException("The reservation is not locked.");
        }

        if ((old & WaitersBit) != 0)
        {
            WakeWaiters();
        }
    }

    /// <summary>Asserts that this thread holds the lock (debug builds), or that someone does (release builds).</summary>
    public void AssertHeld()
    {
        if (!IsLocked)
        {
            throw new InvalidOperationException("The reservation must be held.");
        }

#if DEBUG
        System.Diagnostics.Debug.Assert(_ownerThread == Environment.CurrentManagedThreadId, "This thread holds the reservation.");
#endif
    }

    /// <summary>
    /// Adds a fence. It replaces an earlier one of the same context and of the same or a weaker class, so a usage is
    /// raised in strength but never lowered.
    /// </summary>
    /// <param name="fence">The fence; a signalled one is not stored.</param>
    /// <param name="usage">Why it is here.</param>
    /// <remarks>Lock: this reservation. Cost: O(fences); allocates only when more contexts use it than ever before.</remarks>
    public void AddFence(Fence fence, FenceUsage usage)
    {
        AssertHeld();
        if (!fence.IsSignaled)
        {
            MakeSide().Fences.Add(fence, usage);
        }
    }

    /// <summary>Puts a fence in the place of every one of a context: what they stood for is now known to end with it.</summary>
    /// <param name="context">The timeline of the old ones, as of preemption fences that a queue took back.</param>
    /// <param name="fence">The new one; a signalled one merely takes the old ones away.</param>
    /// <param name="usage">Its class, which may be weaker than before.</param>
    /// <remarks>Lock: this reservation. Cost: O(fences), no managed allocation. Source: dma_resv_replace_fences.</remarks>
    public void ReplaceFences(FenceContext context, Fence fence, FenceUsage usage)
    {
        ArgumentNullException.ThrowIfNull(context);
        AssertHeld();
        _side?.Fences.Replace(context, fence, usage);
    }

    /// <summary>Makes room for fences, so that as many calls of <see cref="AddFence"/> neither fail nor allocate.</summary>
    /// <param name="count">How many; on timelines of their own.</param>
    /// <remarks>Lock: this reservation. Call it before the work is queued, for then there is no way back.</remarks>
    public void ReserveFences(int count)
    {
        AssertHeld();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        MakeSide().Fences.Reserve(count);
    }

    /// <summary>Finds a fence that is not signalled.</summary>
    /// <param name="usage">The weakest class asked for; every stronger one is included.</param>
    /// <param name="fence">The fence, or <c>default</c>.</param>
    /// <returns>False when all work of these classes is done. Lock: this reservation. Cost: O(fences).</returns>
    public bool TryGetUnsignaled(FenceUsage usage, out Fence fence)
    {
        AssertHeld();
        if (_side is { } side)
        {
            return side.Fences.TryGetUnsignaled(usage, out fence);
        }

        fence = default;
        return false;
    }

    /// <summary>One stored fence. Lock: this reservation.</summary>
    /// <param name="index">0 to <see cref="FenceCount"/> - 1.</param>
    /// <param name="usage">Its class.</param>
    public Fence FenceAt(int index, out FenceUsage usage)
    {
        FenceSlots none = default;
        return _side is { } side ? side.Fences.At(index, out usage) : none.At(index, out usage);
    }

    /// <summary>Fetches the fences: they will soon be looked at.</summary>
    internal void PrefetchFences() => Backing.Prefetch.Object(_side);

    /// <summary>A copy of the running fences that nobody else can add to. Lock: this reservation.</summary>
    internal FenceSlots CopyFences()
    {
        AssertHeld();
        return _side?.Fences.Copy() ?? default;
    }

    /// <summary>What was made at first use, or is made now. Safe without the lock.</summary>
    private protected ReservationSide MakeSide() =>
        Volatile.Read(ref _side) ?? Interlocked.CompareExchange(ref _side, NewSide(), null) ?? _side!;

    private protected virtual ReservationSide NewSide() => new();

    /// <summary>Whether a wait that a signal may end is to end at once, as a test has asked.</summary>
    private protected virtual bool IsWaitFaulted() => false;

    // The gate on which waiters sleep is this object itself: one of its own would cost every object 8 bytes, and none waits
    // on most. Nobody outside locks a reservation by other means than its methods.
#pragma warning disable CA2002, MA0064 // See above.
    private void WakeWaiters()
    {
        lock (this)
        {
            Monitor.PulseAll(this);
        }
    }

    private MmStatus LockSlowly(ReservationTicket? ticket, WaitInterrupt? interrupt)
    {
        ulong stamp = ticket?.Stamp ?? 0;
        LockOrder.BeforeWait(LockRank.Reservation);
        lock (this)
        {
            while (true)
            {
                ulong state = Volatile.Read(ref _state);
                if (state == 0)
                {
                    if (Interlocked.CompareExchange(ref _state, LockedBit | (stamp << StampShift), 0) == 0)
                    {
                        break;
                    }

                    continue;
                }

                ulong holder = state >> StampShift;
                if (holder != 0 && stamp > holder && ticket!.HeldCount > 0)
                {
                    return MmStatus.Deadlock;
                }

                if (interrupt is { IsRaised: true })
                {
                    return MmStatus.Interrupted;
                }

                bool marked = (state & WaitersBit) != 0 ||
                    Interlocked.CompareExchange(ref _state, state | WaitersBit, state) == state;
                if (marked)
                {
                    Monitor.Wait(this);
                }
            }
        }

        Acquired(ticket);
        return MmStatus.Ok;
    }

#pragma warning restore CA2002, MA0064

    private void Acquired(ReservationTicket? ticket)
    {
        LockOrder.Taken(LockRank.Reservation);
        _holdNumber = unchecked(_holdNumber + 1);
        if (ticket is not null)
        {
            MakeSide().Ticket = ticket;
            ticket.HeldCount++;
        }

#if DEBUG
        _ownerThread = Environment.CurrentManagedThreadId;
#endif
    }
}
