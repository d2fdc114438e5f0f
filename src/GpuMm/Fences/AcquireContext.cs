using System;
using System.Diagnostics;
using System.Threading;

namespace GpuMm.Fences;

/// <summary>
/// Takes a set of reservations without dead-lock: on contention with an older set everything is released, the contended
/// one is waited for, and the set starts again. Use one object over and over.
/// </summary>
/// <remarks>
/// Not safe for concurrent use; each thread has its own. Cost: two atomic operations per reservation without contention,
/// no managed allocation once the array has grown. Source: drm_exec, for the loop.
/// </remarks>
public sealed class AcquireContext
{
    // Stamps give each set of locks its age. One counter serves all devices, for a set may span devices.
    private static ulong s_lastStamp;

    private Reservation[] _held = new Reservation[16];
    private int _heldCount;
    private bool _open;

    /// <summary>The ticket under which this set is held; pass it to operations that may lock more.</summary>
    public ReservationTicket Ticket { get; } = new(NextStamp());

    /// <summary>Number of reservations held.</summary>
    public int HeldCount => _heldCount;

    /// <summary>Times a set was dropped and started again, since the object was made.</summary>
    public ulong Restarts { get; private set; }

    /// <summary>Takes every reservation; duplicates are taken once.</summary>
    /// <param name="reservations">The set.</param>
    /// <remarks>On return all are held. Waits as long as it takes; cannot dead-lock with other acquire contexts.</remarks>
    /// <exception cref="InvalidOperationException">A set is held already.</exception>
    public void LockAll(ReadOnlySpan<Reservation> reservations) => LockAll(reservations, interrupt: null);

    /// <summary>Takes every reservation, unless the wait is interrupted; duplicates are taken once.</summary>
    /// <param name="reservations">The set.</param>
    /// <param name="interrupt">Ends waits early; null for never.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or <see cref="MmStatus.Interrupted"/> with nothing held.</returns>
    /// <exception cref="InvalidOperationException">A set is held already.</exception>
    public MmStatus LockAll(ReadOnlySpan<Reservation> reservations, WaitInterrupt? interrupt)
    {
        Begin();
        Reservation? contended = null;
        while (true)
        {
            if (contended is not null)
            {
                MmStatus first = contended.Lock(Ticket, interrupt);
                if (first == MmStatus.Interrupted)
                {
                    UnlockAll();
                    return first;
                }

                Debug.Assert(first == MmStatus.Ok, "A ticket that holds nothing may always wait.");
                Push(contended);
            }

            MmStatus status = LockRest(reservations, interrupt, out contended);
            if (status == MmStatus.Interrupted)
            {
                UnlockAll();
            }

            if (status != MmStatus.Deadlock)
            {
                return status;
            }

            Restarts++;
            Drop();
        }
    }

    /// <summary>Begins a set that is not known from the start; <see cref="Add"/> takes its members one by one.</summary>
    /// <exception cref="InvalidOperationException">A set is held already.</exception>
    public void Open() => Begin();

    /// <summary>Takes one more reservation into the open set.</summary>
    /// <param name="reservation">The reservation; one that the set has is fine.</param>
    /// <param name="interrupt">Ends waits early; null for never.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.Deadlock"/> when an older set had it: all others were dropped and it alone
    /// is held now, so begin again with the first; <see cref="MmStatus.Interrupted"/> with nothing held and the set closed.
    /// </returns>
    /// <remarks>
    /// For sets of which one member names the next, as the lists of an address space under its reservation. Source:
    /// drm_exec_lock_obj and its loop until all are locked.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No set is open.</exception>
    public MmStatus Add(Reservation reservation, WaitInterrupt? interrupt = null)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        if (!_open)
        {
            throw new InvalidOperationException("Open a set before adding to it.");
        }

        MmStatus status = LockRest([reservation], interrupt, out _);
        if (status == MmStatus.Deadlock)
        {
            Restarts++;
            Drop();
            MmStatus waited = LockRest([reservation], interrupt, out _);
            status = waited == MmStatus.Ok ? status : waited;
        }

        if (status == MmStatus.Interrupted)
        {
            UnlockAll();
        }

        return status;
    }

    /// <summary>Gives one reservation of the set back, before the others.</summary>
    /// <param name="reservation">A member.</param>
    /// <returns>False when it is none. Source: drm_exec_unlock_obj.</returns>
    public bool Remove(Reservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        int at = Array.IndexOf(_held, reservation, 0, _heldCount);
        if (at < 0)
        {
            return false;
        }

        reservation.Unlock();
        _heldCount--;
        Array.Copy(_held, at + 1, _held, at, _heldCount - at);
        _held[_heldCount] = null!;
        return true;
    }

    /// <summary>Releases everything and closes the set.</summary>
    public void UnlockAll()
    {
        Drop();
        _open = false;
    }

    private void Begin()
    {
        if (_open)
        {
            throw new InvalidOperationException("The acquire context already holds a set; release it first.");
        }

        _open = true;
        Ticket.Renew(NextStamp());
    }

    private MmStatus LockRest(
        ReadOnlySpan<Reservation> reservations, WaitInterrupt? interrupt, out Reservation? contended)
    {
        contended = null;
        foreach (Reservation reservation in reservations)
        {
            MmStatus status = reservation.Lock(Ticket, interrupt);
            switch (status)
            {
                case MmStatus.Ok:
                    Push(reservation);
                    break;
                case MmStatus.AlreadyHeld: // A duplicate.
                    break;
                default:
                    contended = reservation;
                    return status;
            }
        }

        return MmStatus.Ok;
    }

    private void Push(Reservation reservation)
    {
        if (_heldCount == _held.Length)
        {
            Array.Resize(ref _held, _held.Length * 2);
        }

        _held[_heldCount++] = reservation;
    }

    private void Drop()
    {
        for (int i = _heldCount - 1; i >= 0; i--)
        {
            _held[i].Unlock();
            _held[i] = null!;
        }

        _heldCount = 0;
    }

    private static ulong NextStamp() => Interlocked.Increment(ref s_lastStamp);
}
