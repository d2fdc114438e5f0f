using System.Runtime.CompilerServices;
using GpuMm.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>How one operation may go about its work, and what it did. Pass it by <c>ref</c>; <c>default</c> is usual.</summary>
public struct OperationContext
{
    // What this operation itself holds: of the object it is about, and of those that make way for it, level by level.
    private HeldReservations _held;
    private ReservationTicket? _ticket;
    private int _level;

    /// <summary>Answer <see cref="MmStatus.Busy"/>, or try the next place, instead of waiting for the GPU.</summary>
    public bool NoWaitGpu { get; set; }

    /// <summary>Objects that share <see cref="HeldReservation"/> may be evicted too.</summary>
    public bool AllowReservedEviction { get; set; }

    /// <summary>A reservation that the caller holds, shared by several objects.</summary>
    public Reservation? HeldReservation { get; set; }

    /// <summary>Ends waits early; null for never.</summary>
    public WaitInterrupt? Interrupt { get; set; }

    /// <summary>Pages may be taken although the device's limit is reached.</summary>
    public bool ForceAllocate { get; set; }

    /// <summary>Bytes that were moved, every hop counted.</summary>
    public ulong BytesMoved { get; set; }

    /// <summary>Why this is done; told in events.</summary>
    public MoveCause Cause { get; set; }

    /// <summary>
    /// After a failure: true when it is one of the moment. Somebody held what could have made way, or took what was given
    /// back; the same call may succeed once they let go. False when no wait for others would help.
    /// </summary>
    public readonly bool IsContended => Contended is not null || IsOvertaken;

    // For whom room is made while the cause is an eviction.
    internal ulong EvictorId { get; set; }

    // Somebody else's lock that kept a candidate from making way; null when none did.
    internal Reservation? Contended { get; private set; }

    // Space was given back in the search, and others were faster.
    internal bool IsOvertaken { get; set; }

    /// <summary>An object begins to be placed: the one that the call is about, or one that makes way. Lock: its reservation.</summary>
    internal void EnterLevel(BufferObject target)
    {
        if (_level == 0)
        {
            Contended = null;
            IsOvertaken = false;
            _ticket = target.Reservation.Ticket;
        }

        if (_level < HeldReservations.Count)
        {
            _held[_level] = target.Reservation;
        }

        _level++;
    }

    /// <summary>
    /// For work that this call causes on objects of others: it may wait no longer than the call itself, has none of its
    /// permissions, and knows what is held.
    /// </summary>
    internal readonly OperationContext ForOthers() =>
        new() { _held = _held, _ticket = _ticket, _level = _level, NoWaitGpu = NoWaitGpu, Interrupt = Interrupt };

    /// <summary>What stood in the way of work for this call stands in its own way.</summary>
    internal void TakeOver(in OperationContext forOthers)
    {
        Contended ??= forOthers.Contended;
        IsOvertaken |= forOthers.IsOvertaken;
    }

    /// <summary>Ends what <see cref="EnterLevel"/> began.</summary>
    internal void LeaveLevel() => _level--;

    /// <summary>Notes that a candidate could not be locked, unless it is this operation that holds it.</summary>
    internal void NoteContended(Reservation reservation)
    {
        if (Contended is not null || ReferenceEquals(reservation, HeldReservation) ||
            (_ticket is not null && reservation.IsHeldBy(_ticket)))
        {
            return;
        }

        Contended = IsOwn(reservation) ? null : reservation;
    }

    /// <summary>Whether this operation holds it: for what it is about, or for one that makes way.</summary>
    internal readonly bool IsOwn(Reservation reservation)
    {
        // Deeper than what is remembered: it may be our own, and whoever waits for himself waits for ever.
        bool isOwn = _level > HeldReservations.Count;
        for (int i = 0; i < int.Min(_level, HeldReservations.Count) && !isOwn; i++)
        {
            isOwn = ReferenceEquals(_held[i], reservation);
        }

        return isOwn;
    }

    [InlineArray(Count)]
    private struct HeldReservations
    {
        public const int Count = 4; // One per domain that an eviction may go through, on a card with a domain of its own

        private Reservation? _first;
    }
}
