using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>What the program held when it asked: reservations by number, and those that the device found locked.</content>
public sealed partial class RecordingReplay
{
    private readonly Dictionary<ulong, Reservation> _reservations = []; // Of objects, by id, until they are destroyed
    private readonly Dictionary<ulong, Reservation> _shared = []; // By number, as soon as somebody shares them
    private readonly HashSet<ulong> _foundLocked = []; // Objects, in the operation that is being read
    private readonly List<Reservation> _held = [];
    private readonly AcquireContext _acquire = new();
    private readonly WaitInterrupt _raised = RaisedInterrupt();
    private readonly WaitInterrupt _quiet = new();
    private bool _isUnderTicket;

    // A number is odd for a reservation that stands alone, and twice the id of the object whose it is.
    private Reservation ReservationOf(ulong number)
    {
        if (!_shared.TryGetValue(number, out Reservation? shared))
        {
            // Kept from now on: it may outlive its object.
            Reservation? own = (number & 1) == 0 ? _reservations.GetValueOrDefault(number >> 1) : null;
            shared = own ?? new Reservation();
            _shared.Add(number, shared);
        }

        return shared;
    }

    // Takes what the operation needs and what the program held besides.
    private void Hold(Reservation? needed, in TraceEvent e)
    {
        AdvanceToStart();
        List<Reservation> wanted = [];
        Want(wanted, needed);
        RequestCode request = new(e.Count);
        bool hasRequest = e.DeviceKind is DeviceEventKind.ObjectCreated or DeviceEventKind.Validated or DeviceEventKind.SwapEnded or
            DeviceEventKind.SwapOutEnded or DeviceEventKind.EvictAheadEnded;
        if (hasRequest && request.HeldReservation != 0)
        {
            Want(wanted, ReservationOf(request.HeldReservation));
        }

        foreach (ulong id in _foundLocked)
        {
            Want(wanted, _reservations.GetValueOrDefault(id));
        }

        _isUnderTicket = hasRequest && request.Flags.HasFlag(RequestFlags.HasTicket);
        if (_isUnderTicket)
        {
            _acquire.LockAll(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(wanted));
            return;
        }

        foreach (Reservation each in wanted)
        {
            if (each.TryLock())
            {
                _held.Add(each);
            }
        }
    }

    private static void Want(List<Reservation> wanted, Reservation? reservation)
    {
        if (reservation is not null && !wanted.Contains(reservation))
        {
            wanted.Add(reservation);
        }
    }

    private void LetGo()
    {
        if (_isUnderTicket)
        {
            _isUnderTicket = false;
            _acquire.UnlockAll();
        }

        for (int i = _held.Count - 1; i >= 0; i--)
        {
            _held[i].Unlock();
        }

        _held.Clear();
    }

    private static WaitInterrupt RaisedInterrupt()
    {
        WaitInterrupt raised = new();
        raised.Interrupt();
        return raised;
    }
}
