using System;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Space that a thread gives back and takes again without meeting others.</content>
/// <remarks>
/// Once threads have met at the manager's lock often enough, each keeps a little of what it gives back in its own
/// <see cref="BumpBuffer"/>. The first who looks at the order, finds no room, or forbids it takes all of it back; then nobody keeps
/// any until threads have met as often again. So a single thread never does, and one that looks sees what it always saw.
/// </remarks>
public abstract partial class ResourceManager
{
    private bool _mayPark = true; // Lock: _lock
    private int _openCount; // Lock: _lock; read without it; buffers that are open
    private uint _meetingsAtClose; // Lock: _lock

    /// <summary>How often threads meet at the lock before they keep space apart.</summary>
    internal uint MeetingsToPark { get; set; } = 64;

    /// <summary>Bytes that threads keep apart at the moment.</summary>
    internal ulong ParkedNowBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return ParkedBytes();
        }
    }

    /// <summary>Whether the ranges that an allocator gives out are all alike, so that a thread may keep some.</summary>
    private protected virtual bool MayKeepRanges => false;

    /// <summary>Nobody keeps space any more: places are told to observers, or space that is taken inherits copies.</summary>
    internal void StopParking()
    {
        using RankedLock.Scope scope = _lock.Enter();
        StopParkingLocked();
    }

    /// <summary>Gives parked space back. Lock: the manager's, and the buffer's.</summary>
    internal void ReleaseParked(Resource resource, ulong sizeBytes)
    {
        Unlink(resource);
        _usedBytes -= sizeBytes;
        FreeRanges(resource);
    }

    private void StopParkingLocked()
    {
        _mayPark = false;
        CloseParts();
    }

    // Lock: _lock. Whoever finds the order as it is, or no room, must find all there is.
    private void CloseParts()
    {
        if (_openCount == 0)
        {
            return;
        }

        foreach (BumpBuffer buffer in _bumps)
        {
            buffer.Close(this);
        }

        Volatile.Write(ref _openCount, 0);
        _meetingsAtClose = _lock.Meetings;
    }

    // Lock: _lock. What is parked afterwards is not counted as given back: this is called where something else is, or where no room
    // is found and all is closed again.
    private void OpenPart(BumpBuffer own)
    {
        if (!_mayPark || own.IsOpen || unchecked(_lock.Meetings - _meetingsAtClose) < MeetingsToPark)
        {
            return;
        }

        if (!MayKeepRanges || _ranks is not null || CpuVisibleBytes < SizeBytes || !_isUsed)
        {
            return;
        }

        own.Open();
        Volatile.Write(ref _openCount, _openCount + 1);
    }

    private bool TryPark(Resource resource) =>
        Volatile.Read(ref _openCount) != 0 && resource.RangeCount <= 1 && resource.Owner is { BulkMove: null } owner &&
        ReferenceEquals(resource.List, _lru[owner.Priority]) && OwnBumps().TryPark(resource);

    private Resource? TryTakeParked(BufferObject owner, in Place place)
    {
        if (Volatile.Read(ref _openCount) == 0 || (place.FirstPage | place.EndPage) != 0 || (place.Flags & PlaceFlags.TopDown) != 0 ||
            owner.BulkMove is not null)
        {
            return null;
        }

        Resource? taken = OwnBumps().TryTake(owner, ListOf(owner), place.Flags);

        // What is parked counts as used in the sum. Either this thread sees who adds to it at the same moment, or that one sees
        // that less is parked: both have a full fence between their two steps.
        if (taken is not null && Volatile.Read(ref _usedBytes) > PeakBytes)
        {
            using RankedLock.Scope scope = _lock.Enter();
            NotePeak();
        }

        return taken;
    }

    // Lock: _lock.
    private void NotePeak()
    {
        if (_openCount != 0)
        {
            Interlocked.MemoryBarrier();
        }

        PeakBytes = Math.Max(PeakBytes, _usedBytes - ParkedBytes());
    }

    // Lock: _lock.
    private ulong ParkedBytes()
    {
        ulong bytes = 0;
        for (int i = 0; i < _bumps.Length && _openCount != 0; i++)
        {
            bytes += _bumps[i].ParkedBytes;
        }

        return bytes;
    }
}
