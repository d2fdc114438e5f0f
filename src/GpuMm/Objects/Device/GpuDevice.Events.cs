using System;
using System.Numerics;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Telling observers what happens. Without one it costs a comparison with null.</content>
public sealed partial class GpuDevice
{
    private readonly RankedLock _eventsLock = new(LockRank.Events);
    private IDeviceObserver[]? _observers; // Lock: _eventsLock to change; null when nobody listens
    private ulong _lastSequence; // Lock: _eventsLock
    private ulong _lastBulkId;

    /// <summary>Whether anybody hears its events: whoever reports many asks first.</summary>
    public bool IsObserved => Volatile.Read(ref _observers) is not null;

    internal bool AreAccessesObserved =>
        Volatile.Read(ref _observers) is { } observers && Array.Exists(observers, static observer => observer.WantsAccesses);

    /// <summary>Lets an observer hear every event from now on.</summary>
    /// <param name="observer">The observer; one that listens already hears everything twice.</param>
    /// <remarks>Lock: none may be held. Cost of an event: a lock, and what the observers do; no managed allocation.</remarks>
    public void AddObserver(IDeviceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        using (_eventsLock.Enter())
        {
            Volatile.Write(ref _observers, [.. _observers ?? [], observer]);
        }

        // A repetition finds the same places only if threads keep no space to themselves.
        _systemPages.StopKeeping();
        foreach (ResourceManager? manager in _managers)
        {
            manager?.StopParking();
        }
    }

    /// <summary>Lets an observer hear no more. When it returns, none of its calls is under way.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>False when it did not listen.</returns>
    public bool RemoveObserver(IDeviceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        using RankedLock.Scope scope = _eventsLock.Enter();
        int index = _observers is null ? -1 : Array.IndexOf(_observers, observer);
        if (index < 0)
        {
            return false;
        }

        IDeviceObserver[] left = [.. _observers![..index], .. _observers[(index + 1)..]];
        Volatile.Write(ref _observers, left.Length == 0 ? null : left);
        return true;
    }

    /// <summary>Tells observers what a queue of work or a client did that the device itself does not see.</summary>
    /// <param name="kind">
    /// <see cref="DeviceEventKind.ReservedAll"/>, <see cref="DeviceEventKind.Used"/>, <see cref="DeviceEventKind.Submitted"/>,
    /// <see cref="DeviceEventKind.QueueOpened"/>, <see cref="DeviceEventKind.ClientOpened"/> or <see cref="DeviceEventKind.ClientClosed"/>.
    /// </param>
    /// <param name="occurred">The fields of the event; kind, number and time are filled in.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is a kind that the device raises itself.</exception>
    public void Report(DeviceEventKind kind, in DeviceEvent occurred)
    {
        if (kind is not (DeviceEventKind.ReservedAll or DeviceEventKind.Used or DeviceEventKind.Submitted or
            DeviceEventKind.QueueOpened or DeviceEventKind.ClientOpened or DeviceEventKind.ClientClosed))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only what queues of work and clients do is reported from outside.");
        }

        if (IsObserved)
        {
            Raise(occurred with { Kind = kind });
        }
    }

    /// <summary>
    /// Tells observers of the windows in a placement that is told next, since its code leaves them out:
    /// a <see cref="DeviceEventKind.WishWindow"/> for each wish that has one.
    /// </summary>
    /// <param name="placement">The placement.</param>
    /// <param name="firstNumber">Number of its first wish: 0, or 8 for the second placement of the same event.</param>
    public void ReportWindows(Placement placement, int firstNumber)
    {
        ArgumentNullException.ThrowIfNull(placement);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)firstNumber, 8u, nameof(firstNumber));
        if (IsObserved)
        {
            RaiseWindows(null, placement, firstNumber);
        }
    }

    internal ulong NextBulkId() => Interlocked.Increment(ref _lastBulkId);

    internal void Raise(in DeviceEvent occurred)
    {
        LockOrder.AssertBelow(LockRank.AddressMapping);
        using RankedLock.Scope scope = _eventsLock.Enter();
        if (_observers is { } observers)
        {
            ulong timeNs = Driver.NowNs; // Under the lock: a later number never has an earlier time.
            DeviceEvent numbered = occurred with { Sequence = ++_lastSequence, TimeNs = timeNs };
            foreach (IDeviceObserver observer in observers)
            {
                observer.OnEvent(numbered);
            }
        }
    }

    internal void Raise(in DeviceEvent occurred, BufferObject target) => Raise(occurred with
    {
        ObjectId = target.Id,
        ClientId = occurred.ClientId == 0 ? target.ClientId : occurred.ClientId,
        SizeBytes = occurred.SizeBytes == 0 ? target.SizeBytes : occurred.SizeBytes,
    });

    private void RaiseAccess(AddressSpace space, ulong address, AccessKind kind, ulong sizeBytes, ulong faultNs)
    {
        // A run may go on in the next area; where the pages of an area do not follow each other, neither do the object's bytes.
        VmArea? area = space.FindArea(address);
        while (sizeBytes > 0 && area is { PrivateData: BufferObject target })
        {
            ulong runBytes = Math.Min(sizeBytes, area.IsNonLinear ? Pages.SizeBytes - (address % Pages.SizeBytes) : ulong.MaxValue);
            runBytes = Math.Min(runBytes, area.EndAddress - address);
            ulong page = unchecked(area.FilePageAt(address) - target.Window.FirstPage);
            ulong next = address + runBytes;
            VmArea? behind = next < area.EndAddress ? area : space.FindArea(next);
            sizeBytes -= runBytes;
            DeviceEvent occurred = new()
            {
                Kind = DeviceEventKind.CpuAccess,
                OffsetBytes = Pages.Bytes(page) + (address % Pages.SizeBytes),
                SizeBytes = runBytes,
                To = target.Resource?.Domain,
                Detail = (kind == AccessKind.Write ? 1ul : 0) | (sizeBytes > 0 && behind is { PrivateData: BufferObject } ? 2ul : 0),
                RelatedId = address,
                Count = space.Number,
                DurationNs = faultNs,
            };
            Raise(occurred, target);
            (address, area) = (next, behind);
        }
    }

    private void RaiseStatus(DeviceEventKind kind, BufferObject target, MmStatus status)
    {
        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = kind, Status = status }, target);
        }
    }

    private void RaiseCreated(BufferObject made, Placement placement, in OperationContext context)
    {
        if (IsObserved)
        {
            RaiseWindows(made, placement);
            byte shift = (byte)(made.AlignmentBytes == 0 ? 0 : BitOperations.Log2(made.AlignmentBytes));
            CreationCode code = new(
                (byte)made.Kind, (byte)made.Caching, (byte)made.Priority, !made.OwnsReservation, shift, made.NeedsCpuAccess, made.GroupIndex);
            DeviceEvent occurred = new()
            {
                Kind = DeviceEventKind.ObjectCreated,
                Name = made.Name,
                Placement = placement.Code,
                Detail = code.Packed,
                Cause = context.Cause,
                Count = RequestOf(context, made).Packed,
                RelatedId = made.OwnsReservation ? 0 : NumberOf(made.Reservation),
            };
            Raise(occurred, made);
        }
    }

    private void RaiseWindows(BufferObject? target, Placement placement, int firstNumber = 0)
    {
        for (int i = 0; placement.HasWindows && i < placement.Places.Length; i++)
        {
            ref readonly Place place = ref placement.Places[i];
            if (place.FirstPage != 0 || place.EndPage != 0)
            {
                Raise(new DeviceEvent
                {
                    Kind = DeviceEventKind.WishWindow,
                    ObjectId = target?.Id ?? 0,
                    ClientId = target?.ClientId ?? 0,
                    Count = firstNumber + i,
                    OffsetBytes = Pages.Bytes(place.FirstPage),
                    SizeBytes = place.EndPage == 0 ? 0 : Pages.Bytes(place.EndPage - place.FirstPage),
                });
            }
        }
    }

    private void RaiseDropped(BufferObject target, MemoryDomain? from)
    {
        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.ContentsDropped, From = from }, target);
            if (target.IsPurged)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.Purged, From = from }, target);
            }
        }
    }

    private void RaiseUnpopulated(BufferObject? target, ulong sizeBytes)
    {
        if (IsObserved)
        {
            Raise(new DeviceEvent
            {
                Kind = DeviceEventKind.Unpopulated,
                ObjectId = target?.Id ?? 0,
                ClientId = target?.ClientId ?? 0,
                SizeBytes = sizeBytes,
            });
        }
    }

    private void RaiseWaited(BufferObject? target, Fence fence, ulong startNs, MmStatus status)
    {
        if (IsObserved)
        {
            Raise(new DeviceEvent
            {
                Kind = DeviceEventKind.FenceWaited,
                ObjectId = target?.Id ?? 0,
                ClientId = target?.ClientId ?? 0,
                SizeBytes = target?.SizeBytes ?? 0,
                Detail = fence.Seqno,
                DurationNs = Driver.NowNs - startNs,
                Status = status,
            });
        }
    }

    private void RaiseEvicted(BufferObject victim, in EvictionSearch search)
    {
        if (IsObserved)
        {
            DeviceEvent occurred = new()
            {
                Kind = DeviceEventKind.Evicted,
                From = search.Manager.Domain,
                To = victim.Resource?.Domain,
                RelatedId = search.Requester.Id,
                Cause = MoveCause.Eviction,
                Count = search.Rank,
            };
            Raise(occurred, victim);
        }
    }

    private void RaiseSkipped(BufferObject candidate, in EvictionSearch search, SkipReason reason, MmStatus status, bool isOwn = false)
    {
        if (IsObserved)
        {
            DeviceEvent occurred = new()
            {
                Kind = DeviceEventKind.EvictionSkipped,
                From = search.Manager.Domain,
                RelatedId = search.Requester.Id,
                Reason = reason,
                Status = status,
                Count = search.Rank,
                Detail = isOwn ? 1ul : 0,
            };
            Raise(occurred, candidate);
        }
    }
}
