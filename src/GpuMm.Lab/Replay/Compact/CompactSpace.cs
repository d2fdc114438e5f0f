using System;
using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// The space of video memory, of which each object keeps one number: the allocator's own where a request is one range,
/// else a place in a table. 0 is no space.
/// </summary>
internal sealed class CompactSpace
{
    private readonly ISpaceAllocator _allocator;
    private readonly RangeAllocator? _single;
    private readonly RangeMode _mode;
    private uint _given; // Given back, and the allocator does not know it yet; 0 for none.
    private ulong _tooLarge = ulong.MaxValue; // No hole has as much, not counting what was given.
    private RangeList[] _lists = [];
    private int[] _nextFree = []; // The next free place of the table, for who is free
    private int _free = -1;

    /// <summary>An empty space.</summary>
    /// <param name="kind">The allocator.</param>
    /// <param name="sizeBytes">Its size.</param>
    public CompactSpace(SpaceAllocatorKind kind, ulong sizeBytes)
    {
        _allocator = SpaceAllocator.Create(kind, sizeBytes);
        _single = (_allocator as RangeSpace)?.Allocator;
        _mode = kind == SpaceAllocatorKind.Low ? RangeMode.Low : RangeMode.Best;
    }

    /// <summary>Takes space.</summary>
    /// <param name="sizeBytes">How much; whole pages.</param>
    /// <param name="startBytes">From where on.</param>
    /// <param name="space">The space.</param>
    public bool TryTake(ulong sizeBytes, ulong startBytes, out uint space)
    {
        space = 0;
        if (_single is null)
        {
            return TryTakeList(sizeBytes, startBytes, out space);
        }

        if (sizeBytes > _single.SizeBytes)
        {
            return false;
        }

        if (startBytes == 0 && sizeBytes >= _tooLarge)
        {
            return TryTakeGiven(_single, sizeBytes, out space);
        }

        // All is whole pages here, so that all is aligned to pages without asking for it.
        Flush(_single);
        RangeRequest wanted = new(sizeBytes, 1, 0, startBytes, 0, _mode);
        bool isTaken = _single.TryInsert(in wanted, out RangeHandle handle) == MmStatus.Ok;
        if (!isTaken && startBytes == 0)
        {
            _tooLarge = sizeBytes;
        }

        space = handle.Slot;
        MemoryHint.Prefetch(in _single.RecordAt(_single.UnusedSlot)); // For the next one.
        return isTaken;
    }

    /// <summary>Gives space back.</summary>
    /// <param name="space">The space.</param>
    public void Give(uint space)
    {
        if (_single is not null)
        {
            Flush(_single);
            _given = space;
            return;
        }

        int place = (int)(space - 1);
        _allocator.Release(ref _lists[place]);
        _nextFree[place] = _free;
        _free = place;
    }

    /// <summary>Fetches what giving a space back looks at first.</summary>
    /// <param name="space">The space; 0 for none.</param>
    public void Prefetch(uint space)
    {
        if (space != 0 && _single is not null)
        {
            MemoryHint.Prefetch(in _single.RecordAt((int)space));
        }
    }

    /// <summary>Fetches what giving a space back looks at then.</summary>
    /// <param name="space">The space, which was fetched; 0 for none.</param>
    public void PrefetchNeighbours(uint space)
    {
        if (space != 0 && _single is not null)
        {
            ref readonly RangeSegment record = ref _single.RecordAt((int)space);
            MemoryHint.Prefetch(in _single.RecordAt(record.Prev));
            MemoryHint.Prefetch(in _single.RecordAt(record.Next));
        }
    }

    /// <summary>Fetches what giving a space back changes last.</summary>
    /// <param name="space">The space, whose neighbours were fetched; 0 for none.</param>
    public void PrefetchHoles(uint space)
    {
        if (space == 0 || _single is null)
        {
            return;
        }

        ref readonly RangeSegment record = ref _single.RecordAt((int)space);
        if (record.HoleBefore)
        {
            MemoryHint.Prefetch(in _single.EntryAt(_single.RecordAt(record.Prev).Hole));
        }

        if (record.HoleAfter)
        {
            MemoryHint.Prefetch(in _single.EntryAt(_single.RecordAt(record.Next).Hole));
        }
    }

    /// <summary>Fetches what taking space looks at first.</summary>
    /// <param name="sizeBytes">How much.</param>
    public void PrefetchFit(ulong sizeBytes)
    {
        if (_single is not null && sizeBytes < _tooLarge)
        {
            MemoryHint.Prefetch(in _single.EntryAt(_single.PeekFit(sizeBytes)));
        }
    }

    /// <summary>Fetches what taking space looks at then.</summary>
    /// <param name="sizeBytes">How much; what is looked at first was fetched.</param>
    public void PrefetchFitRecord(ulong sizeBytes)
    {
        if (_single is not null && sizeBytes < _tooLarge)
        {
            MemoryHint.Prefetch(in _single.RecordAt(_single.EntryAt(_single.PeekFit(sizeBytes)).Segment));
        }
    }

    /// <summary>Whether a space ends below an address.</summary>
    /// <param name="space">The space.</param>
    /// <param name="endBytes">The address.</param>
    public bool EndsBy(uint space, ulong endBytes)
    {
        if (_single is not null)
        {
            return _single.GetRange(_single.HandleAt((int)space)).EndBytes <= endBytes;
        }

        ref readonly RangeList held = ref _lists[(int)(space - 1)];
        for (int i = 0; i < held.Count; i++)
        {
            if (held[i].Range.EndBytes > endBytes)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds the ranges of a space to a list.</summary>
    /// <param name="space">The space; 0 for none.</param>
    /// <param name="into">The list.</param>
    public void AddRanges(uint space, List<ByteRange> into)
    {
        if (space == 0)
        {
            return;
        }

        if (_single is not null)
        {
            into.Add(_single.GetRange(_single.HandleAt((int)space)));
            return;
        }

        ref readonly RangeList held = ref _lists[(int)(space - 1)];
        for (int i = 0; i < held.Count; i++)
        {
            into.Add(held[i].Range);
        }
    }

    /// <summary>Checks the allocator.</summary>
    /// <returns>Null when all holds.</returns>
    public string? Validate() => _allocator.Validate();

    // Where nothing was large enough, only what was given since and the holes beside it can be. Mostly it is given for this, so
    // that the allocator is told both at once.
    private bool TryTakeGiven(RangeAllocator single, ulong sizeBytes, out uint space)
    {
        space = 0;
        if (_given == 0)
        {
            return false;
        }

        bool isTaken = single.TryExchange(single.HandleAt((int)_given), sizeBytes, out RangeHandle handle, out ulong holeBytes);
        _given = 0;
        _tooLarge = Math.Max(_tooLarge, holeBytes + 1);
        space = handle.Slot;
        return isTaken;
    }

    private void Flush(RangeAllocator single)
    {
        if (_given != 0)
        {
            single.Remove(single.HandleAt((int)_given));
            _given = 0;
            _tooLarge = ulong.MaxValue;
        }
    }

    private bool TryTakeList(ulong sizeBytes, ulong startBytes, out uint space)
    {
        space = 0;
        int place = _free >= 0 ? _free : AddPlaces();
        if (_allocator.TryAllocate(new SpaceRequest(sizeBytes, Pages.SizeBytes, startBytes), ref _lists[place]) != MmStatus.Ok)
        {
            return false;
        }

        _free = _nextFree[place];
        space = (uint)place + 1;
        return true;
    }

    private int AddPlaces()
    {
        int first = _lists.Length;
        Array.Resize(ref _lists, Math.Max(64, 2 * first));
        Array.Resize(ref _nextFree, _lists.Length);
        for (int i = _lists.Length - 1; i >= first; i--)
        {
            _nextFree[i] = _free;
            _free = i;
        }

        return _free;
    }
}
