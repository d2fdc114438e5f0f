using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace GpuMm.Ranges;

/// <summary>The simplest allocator that is right: a sorted list of holes, the lowest (or highest) that fits is taken.</summary>
/// <remarks>Cost: O(holes) per operation. One contiguous range per request. Zero managed allocation, growth aside.</remarks>
public sealed class FirstFitSpace : ISpaceAllocator
{
    private readonly Dictionary<ulong, ulong> _live = []; // start -> size
    private ByteRange[] _holes = new ByteRange[16]; // sorted by start, never touching each other
    private int _holeCount;

    /// <summary>A space with one hole.</summary>
    /// <param name="sizeBytes">At least 1.</param>
    public FirstFitSpace(ulong sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sizeBytes);
        SizeBytes = sizeBytes;
        FreeBytes = sizeBytes;
        _holes[0] = new ByteRange(0, sizeBytes);
        _holeCount = 1;
    }

    /// <inheritdoc/>
    public ulong SizeBytes { get; }

    /// <inheritdoc/>
    public ulong FreeBytes { get; private set; }

    /// <inheritdoc/>
    public int LiveCount => _live.Count;

    /// <inheritdoc/>
    public ulong LargestFreeBytes
    {
        get
        {
            ulong largest = 0;
            for (int i = 0; i < _holeCount; i++)
            {
                largest = Math.Max(largest, _holes[i].SizeBytes);
            }

            return largest;
        }
    }

    /// <inheritdoc/>
    public MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges)
    {
        Debug.Assert(ranges.Count == 0, "The list is empty.");
        ulong end = request.EndBytes == 0 ? SizeBytes : Math.Min(request.EndBytes, SizeBytes);
        if (request.SizeBytes == 0 || request.StartBytes >= end || request.SizeBytes > end - request.StartBytes)
        {
            return MmStatus.InvalidArgument;
        }

        bool isTopDown = (request.Flags & SpaceFlags.TopDown) != 0;
        for (int i = 0; i < _holeCount; i++)
        {
            int index = isTopDown ? _holeCount - 1 - i : i;
            if (TryPlace(_holes[index], request, end, isTopDown, out ulong start))
            {
                ByteRange taken = new(start, request.SizeBytes);
                Take(index, taken);
                _live.Add(start, request.SizeBytes);
                FreeBytes -= request.SizeBytes;
                ranges.Add(new SpaceRange(taken, start));
                return MmStatus.Ok;
            }
        }

        return MmStatus.NoSpace;
    }

    /// <inheritdoc/>
    public void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None)
    {
        for (int i = 0; i < ranges.Count; i++)
        {
            ByteRange range = ranges[i].Range;
            if (!_live.Remove(range.StartBytes, out ulong sizeBytes) || sizeBytes != range.SizeBytes)
            {
                throw new InvalidOperationException($"{range} was not given out by this allocator, or was released before.");
            }

            Give(range);
            FreeBytes += range.SizeBytes;
        }

        ranges.Clear();
    }

    /// <inheritdoc/>
    public string? Validate()
    {
        ulong free = 0;
        for (int i = 0; i < _holeCount; i++)
        {
            free += _holes[i].SizeBytes;
            if (_holes[i].SizeBytes == 0 || (i > 0 && _holes[i].StartBytes <= _holes[i - 1].EndBytes))
            {
                return $"Hole {i} {_holes[i]} is empty or touches the one before it.";
            }
        }

        ulong used = 0;
        foreach (KeyValuePair<ulong, ulong> live in _live)
        {
            used += live.Value;
        }

        return free == FreeBytes && used == SizeBytes - free ? null : $"Holes hold {free} bytes, {FreeBytes} are said to be free.";
    }

    private static bool TryPlace(ByteRange hole, in SpaceRequest request, ulong end, bool isTopDown, out ulong start)
    {
        ulong alignment = Math.Max(1, request.AlignmentBytes);
        ulong low = Math.Max(hole.StartBytes, request.StartBytes);
        ulong high = Math.Min(hole.EndBytes, end);
        start = 0;
        if (low >= high || high - low < request.SizeBytes)
        {
            return false;
        }

        ulong slack = high - low - request.SizeBytes;
        if (isTopDown)
        {
            start = low + slack;
            start -= start % alignment;
            return start >= low;
        }

        ulong pad = (alignment - (low % alignment)) % alignment;
        start = low + pad;
        return pad <= slack;
    }

    private void Take(int index, ByteRange taken)
    {
        ByteRange hole = _holes[index];
        ByteRange before = new(hole.StartBytes, taken.StartBytes - hole.StartBytes);
        ByteRange after = new(taken.EndBytes, hole.EndBytes - taken.EndBytes);
        if (before.SizeBytes != 0 && after.SizeBytes != 0)
        {
            _holes[index] = before;
            Insert(index + 1, after);
        }
        else if (before.SizeBytes + after.SizeBytes != 0)
        {
            _holes[index] = before.SizeBytes != 0 ? before : after;
        }
        else
        {
            Remove(index);
        }
    }

    private void Give(ByteRange range)
    {
        int at = 0;
        int high = _holeCount;
        while (at < high)
        {
            int middle = (at + high) >>> 1;
            if (_holes[middle].StartBytes < range.StartBytes)
            {
                at = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        bool joinsBefore = at > 0 && _holes[at - 1].EndBytes == range.StartBytes;
        bool joinsAfter = at < _holeCount && _holes[at].StartBytes == range.EndBytes;
        if (joinsBefore && joinsAfter)
        {
            _holes[at - 1] = new ByteRange(
                _holes[at - 1].StartBytes, _holes[at - 1].SizeBytes + range.SizeBytes + _holes[at].SizeBytes);
            Remove(at);
        }
        else if (joinsBefore)
        {
            _holes[at - 1] = new ByteRange(_holes[at - 1].StartBytes, _holes[at - 1].SizeBytes + range.SizeBytes);
        }
        else if (joinsAfter)
        {
            _holes[at] = new ByteRange(range.StartBytes, range.SizeBytes + _holes[at].SizeBytes);
        }
        else
        {
            Insert(at, range);
        }
    }

    private void Insert(int index, ByteRange hole)
    {
        if (_holeCount == _holes.Length)
        {
            Array.Resize(ref _holes, _holeCount * 2);
        }

        Array.Copy(_holes, index, _holes, index + 1, _holeCount - index);
        _holes[index] = hole;
        _holeCount++;
    }

    private void Remove(int index)
    {
        Array.Copy(_holes, index + 1, _holes, index, _holeCount - index - 1);
        _holeCount--;
    }
}
