using System;
using System.Threading;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>Pages that a thread gives back and takes again without meeting others: as a manager does it with its space.</content>
internal sealed partial class SystemPages
{
    private readonly PageShelf[] _shelves = MakeShelves();
    private bool _mayKeep = true; // Lock: _lock
    private int _openCount; // Lock: _lock; read without it
    private uint _meetingsAtClose; // Lock: _lock

    /// <summary>How often threads meet at the lock before they keep pages apart.</summary>
    public uint MeetingsToKeep { get; set; } = 64;

    /// <summary>Bytes that threads keep apart at the moment.</summary>
    public ulong KeptNowBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return KeptBytes();
        }
    }

    /// <summary>Nobody keeps pages any more: what happens is told to observers.</summary>
    public void StopKeeping()
    {
        using RankedLock.Scope scope = _lock.Enter();
        _mayKeep = false;
        CloseShelves();
    }

    private static PageShelf[] MakeShelves()
    {
        PageShelf[] shelves = new PageShelf[ThreadPart.Count];
        for (int i = 0; i < ThreadPart.Count; i++)
        {
            shelves[i] = new PageShelf();
        }

        return shelves;
    }

    private PageShelf OwnShelf() => _shelves[ThreadPart.Own];

    private bool TryTakeOwn(ulong sizeBytes, ref RangeList into)
    {
        if (Volatile.Read(ref _openCount) == 0 || !OwnShelf().TryTake(sizeBytes, out SpaceRange run))
        {
            return false;
        }

        into.Add(run);

        // Kept pages count as taken from the allocator: either this thread sees who takes at the same moment, or that one sees that
        // less is kept.
        if (Volatile.Read(ref _takenBytes) > PeakBytes)
        {
            using RankedLock.Scope scope = _lock.Enter();
            NotePeak();
        }

        return true;
    }

    private bool TryKeep(in RangeList pages) =>
        Volatile.Read(ref _openCount) != 0 && pages.Count == 1 && OwnShelf().TryGive(pages[0]);

    // Lock: _lock. It counts as pages given back, for what is kept afterwards will not be counted.
    private void OpenOwnShelf()
    {
        PageShelf own = OwnShelf();
        if (_mayKeep && pool is null && !own.IsOpen && unchecked(_lock.Meetings - _meetingsAtClose) >= MeetingsToKeep)
        {
            own.Open();
            Volatile.Write(ref _openCount, _openCount + 1);
            Volatile.Write(ref _giveCount, unchecked(_giveCount + 1));
        }
    }

    // Lock: _lock. Whoever finds no pages must have looked everywhere.
    private void CloseShelves()
    {
        if (_openCount == 0)
        {
            return;
        }

        foreach (PageShelf shelf in _shelves)
        {
            shelf.Close(allocator);
        }

        Volatile.Write(ref _openCount, 0);
        _meetingsAtClose = _lock.Meetings;
    }

    // Lock: _lock.
    private void NotePeak()
    {
        Volatile.Write(ref _takenBytes, allocator.SizeBytes - allocator.FreeBytes);
        if (_openCount != 0)
        {
            Interlocked.MemoryBarrier();
        }

        PeakBytes = Math.Max(PeakBytes, UsedLocked());
    }

    private ulong KeptBytes()
    {
        ulong bytes = 0;
        for (int i = 0; i < ThreadPart.Count && _openCount != 0; i++)
        {
            bytes += _shelves[i].SizeBytes;
        }

        return bytes;
    }

    private ulong ShelfChanges()
    {
        ulong changes = 0;
        foreach (PageShelf shelf in _shelves)
        {
            changes = unchecked(changes + shelf.Changes);
        }

        return changes;
    }
}
