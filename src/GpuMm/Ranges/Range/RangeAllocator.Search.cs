using System;
using System.Numerics;

namespace GpuMm.Ranges;

/// <content>Finding a place. Nothing here changes the range.</content>
public sealed partial class RangeAllocator
{
    /// <summary>Finds a hole and the offset in it, by the request's mode.</summary>
    private MmStatus FindPlace(in RangeRequest request, out int hole, out ulong start)
    {
        hole = 0;
        start = 0;
        RangeMode mode = request.Mode & ~RangeMode.Once;
        ulong size = request.SizeBytes;
        if (size == 0 || mode > RangeMode.Evict || (request.EndBytes != 0 && request.StartBytes > request.EndBytes))
        {
            return MmStatus.InvalidArgument;
        }

        Window window = WindowOf(in request);
        if (window.Start >= window.End || window.End - window.Start < size)
        {
            return MmStatus.NoSpace;
        }

        bool once = (request.Mode & RangeMode.Once) == RangeMode.Once;
        for (hole = FirstHole(mode, in window, size, once); hole != 0; hole = NextHole(mode, in window, size, hole))
        {
            if (TryFit(hole, in request, in window, mode == RangeMode.High, out start))
            {
                return MmStatus.Ok;
            }

            if (once)
            {
                break;
            }
        }

        return MmStatus.NoSpace;
    }

    /// <summary>The request's window as offsets, cut to the range.</summary>
    private Window WindowOf(in RangeRequest request)
    {
        ulong start = request.StartBytes <= _baseBytes ? 0 : request.StartBytes - _baseBytes;
        ulong end = request.EndBytes == 0 ? SizeBytes
            : request.EndBytes <= _baseBytes ? 0
            : Math.Min(request.EndBytes - _baseBytes, SizeBytes);
        return new Window(start, end);
    }

    private int FirstHole(RangeMode mode, in Window window, ulong size, bool once)
    {
        switch (mode)
        {
            case RangeMode.Low:
                // The hole that reaches into the window from below comes first; it starts before the window does.
                int first = window.Start == 0 ? 0 : ByAddress().FindLast(window.Start, 1);
                return first != 0 && _holes.Holes[first].End > window.Start && _holes.Holes[first].Size >= size
                    ? first
                    : Within(in window, ByAddress().FindFirst(window.Start, size));
            case RangeMode.High:
                return Within(in window, ByAddress().FindLast(window.End, size));
            case RangeMode.Evict:
                return ByRecency().Newest(once ? 1 : size);
            default:
                return BySize().FindAtLeast(size);
        }
    }

    private int NextHole(RangeMode mode, in Window window, ulong size, int hole)
    {
        ulong start = _holes.Holes[hole].Start;
        return mode switch
        {
            RangeMode.Low => Within(in window, ByAddress().FindFirst(start + 1, size)),
            RangeMode.High => Within(in window, ByAddress().FindLast(start, size)),
            RangeMode.Evict => ByRecency().OlderThan(hole, size),
            _ => BySize().FindNext(hole),
        };
    }

    /// <summary>The hole itself when it shares a byte with the window, else none.</summary>
    private int Within(in Window window, int hole) =>
        hole != 0 && _holes.Holes[hole].Start < window.End && _holes.Holes[hole].End > window.Start ? hole : 0;

    /// <summary>Fits a request into one hole: colour first, then the window, then the alignment.</summary>
    private bool TryFit(int entry, in RangeRequest request, in Window window, bool atEnd, out ulong start)
    {
        start = 0;
        return TryClip(entry, request.Color, out ulong freeStart, out ulong freeEnd) &&
            TryAlign(freeStart, freeEnd, in request, in window, atEnd, out start);
    }

    /// <summary>Aligns a request in free bytes; what is free is given by offsets.</summary>
    private bool TryAlign(
        ulong freeStart, ulong freeEnd, in RangeRequest request, in Window window, bool atEnd, out ulong start)
    {
        ulong low = Math.Max(freeStart, window.Start);
        ulong high = Math.Min(freeEnd, window.End);
        ulong size = request.SizeBytes;
        start = low;
        if (high <= low || high - low < size)
        {
            return false;
        }

        if (atEnd)
        {
            start = high - size;
        }

        ulong alignment = request.AlignmentBytes;
        if (alignment <= 1)
        {
            return true;
        }

        // An offset inside the range has an address below 2^64.
        ulong address = _baseBytes + start;
        ulong remainder = BitOperations.IsPow2(alignment) ? address & (alignment - 1) : address % alignment;
        if (remainder == 0)
        {
            return true;
        }

        if (atEnd)
        {
            bool inside = remainder <= start - low;
            start = inside ? start - remainder : start;
            return inside;
        }

        ulong padBytes = alignment - remainder;
        bool fits = padBytes <= high - start - size;
        start = fits ? start + padBytes : start;
        return fits;
    }

    /// <summary>What the colour rule leaves of a hole, as offsets.</summary>
    private bool TryClip(int entry, ulong color, out ulong freeStart, out ulong freeEnd)
    {
        ref RangeHole hole = ref _holes.Holes[entry];
        ref RangeSegment segment = ref _segments[hole.Segment];
        return TryClip(hole.Start, hole.End, segment.Prev, segment.Next, color, out freeStart, out freeEnd);
    }

    private bool TryClip(
        ulong start, ulong end, int before, int after, ulong color, out ulong freeStart, out ulong freeEnd)
    {
        freeStart = start;
        freeEnd = end;
        if (_colorAdjust is null)
        {
            return true;
        }

        ColorMargins margins = MarginsOf(start, end, before, after, color);
        if (margins.BeforeBytes > end - start || margins.AfterBytes > end - start - margins.BeforeBytes)
        {
            return false;
        }

        freeStart = start + margins.BeforeBytes;
        freeEnd = end - margins.AfterBytes;
        return freeStart < freeEnd;
    }

    /// <summary>Asks the colour rule, which is not null.</summary>
    private ColorMargins MarginsOf(ulong start, ulong end, int before, int after, ulong color)
    {
        RangeNode left = before == Sentinel ? default : NodeOf(before);
        RangeNode right = after == Sentinel ? default : NodeOf(after);
        ColorHole hole = new(
            new ByteRange(unchecked(_baseBytes + start), end - start), left.Handle, left.Color, right.Handle, right.Color);
        AllocatorState state = _state;
        _state = AllocatorState.InColorAdjust;
        try
        {
            return _colorAdjust!(in hole, color);
        }
        finally
        {
            _state = state;
        }
    }

    /// <summary>The hole that holds a byte; 0 when a node holds it.</summary>
    private int HoleAt(ulong offset)
    {
        // Offsets are below the size, so the sum does not wrap.
        int entry = ByAddress().FindLast(offset + 1, 1);
        return entry != 0 && _holes.Holes[entry].End > offset ? entry : 0;
    }

    /// <summary>Allowed offsets, half-open.</summary>
    private readonly record struct Window(ulong Start, ulong End);
}
