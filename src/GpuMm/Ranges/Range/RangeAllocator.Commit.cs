using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <content>Changing the ring of pieces. Everything that can fail has happened before the first write.</content>
public sealed partial class RangeAllocator
{
    /// <summary>Makes two nodes of one, side by side and of its colour; no byte is free for a moment.</summary>
    /// <param name="handle">A live node; it keeps its handle, and the first bytes.</param>
    /// <param name="headBytes">How many it keeps; above 0 and below its size.</param>
    /// <param name="tail">The node of the other bytes; none on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/> when nothing would be left of one of them;
    /// <see cref="MmStatus.NoSpace"/> at the limit of nodes. On failure nothing changes.
    /// </returns>
    /// <exception cref="InvalidOperationException">The handle is not live, or an eviction scan is under way.</exception>
    /// <remarks>Cost: O(1); the holes are not touched.</remarks>
    public MmStatus TrySplit(RangeHandle handle, ulong headBytes, out RangeHandle tail)
    {
        RequireIdle();
        tail = default;
        int slot = SlotOf(handle);
        if (headBytes == 0 || headBytes >= _segments[slot].Size)
        {
            return MmStatus.InvalidArgument;
        }

        if (!TryReserve())
        {
            return MmStatus.NoSpace;
        }

        int added = TakeSegment();
        Span<RangeSegment> segments = _segments.Elements;
        ref RangeSegment node = ref segments[slot];
        ref RangeSegment behind = ref segments[added];
        behind.Start = node.Start + headBytes;
        behind.Size = node.Size - headBytes;
        behind.Hole = 0; // Clears the three flags, which lie in the same bytes.
        behind.HoleAfter = node.HoleAfter;
        behind.Generation = unchecked(behind.Generation + 1);
        node.Size = headBytes;
        node.HoleAfter = false;
        Link(segments, slot, added, node.Next);
        SetColor(added, ColorOf(slot));
        _nodeCount++;
        _stamp++;
        tail = new RangeHandle(added, behind.Generation);
        return MmStatus.Ok;
    }

    /// <summary>The common case: anywhere, no alignment, no colour rule.</summary>
    private MmStatus TryInsertPlain(ulong size, ulong color, RangeMode mode, out RangeHandle handle)
    {
        handle = default;
        int entry = mode switch
        {
            RangeMode.Best => BySize().FindAtLeast(size),
            RangeMode.Low => ByAddress().FindFirst(0, size),
            _ => ByAddress().FindLast(ulong.MaxValue, size),
        };
        if (entry == 0)
        {
            return MmStatus.NoSpace;
        }

        ref RangeHole hole = ref _holes.Holes[entry];
        ulong start = mode == RangeMode.High ? hole.End - size : hole.Start;
        return TryPlace(entry, start, size, color, out handle);
    }

    /// <summary>Puts a node into a hole that is known to have the bytes free.</summary>
    private MmStatus TryPlace(int entry, ulong start, ulong size, ulong color, out RangeHandle handle)
    {
        handle = default;
        if (!TryReserve())
        {
            return MmStatus.NoSpace;
        }

        ref RangeHole hole = ref _holes.Holes[entry];
        ulong before = start - hole.Start;
        ulong after = hole.Size - before - size;
        int rest = hole.Segment;
        int slot = before == 0 && after == 0 ? rest : TakeSegment();
        Span<RangeSegment> segments = _segments.Elements;
        ref RangeSegment node = ref segments[slot];
        node.Start = start;
        node.Size = size;
        node.Hole = 0; // Clears the three flags, which lie in the same bytes.
        node.Generation = unchecked(node.Generation + 1);
        if (slot == rest)
        {
            segments[node.Prev].HoleAfter = false;
            segments[node.Next].HoleBefore = false;
            RemoveHole(entry);
        }
        else if (before == 0)
        {
            int prev = segments[rest].Prev;
            Link(segments, prev, slot, rest);
            segments[prev].HoleAfter = false;
            node.HoleAfter = true;
            MoveHole(entry, start + size, after);
        }
        else
        {
            int next = segments[rest].Next;
            Link(segments, rest, slot, next);
            node.HoleBefore = true;
            MoveHole(entry, hole.Start, before);
            if (after == 0)
            {
                segments[next].HoleBefore = false;
            }
            else
            {
                int upper = TakeSegment();
                Link(segments, slot, upper, next);
                node.HoleAfter = true;
                AddHole(start + size, after, upper);
            }
        }

        SetColor(slot, color);
        _usedBytes += size;
        _nodeCount++;
        handle = new RangeHandle(slot, node.Generation);
        return MmStatus.Ok;
    }

    /// <summary>Turns a node into a hole and joins it with the holes beside it.</summary>
    private void Free(int slot)
    {
        Span<RangeSegment> segments = _segments.Elements;
        ref RangeSegment node = ref segments[slot];
        Debug.Assert(node.IsNode, "Only a live node is freed.");
        ulong start = node.Start;
        ulong size = node.Size;
        _byAddress?.Seek(start);
        bool holeBefore = node.HoleBefore;
        bool holeAfter = node.HoleAfter;
        int prev = node.Prev;
        int next = node.Next;
        node.Generation = unchecked(node.Generation + 1);
        _usedBytes -= size;
        _nodeCount--;
        if (!holeBefore && !holeAfter)
        {
            segments[prev].HoleAfter = true;
            segments[next].HoleBefore = true;
            _holes.Reserve();
            AddHole(start, size, slot);
            return;
        }

        if (!holeBefore)
        {
            int behind = segments[next].Hole;
            Join(segments, prev, next);
            segments[prev].HoleAfter = true;
            GiveSegment(slot);
            MoveHole(behind, start, size + _holes.Holes[behind].Size);
            return;
        }

        int ahead = segments[prev].Hole;
        ulong total = _holes.Holes[ahead].Size + size;
        if (holeAfter)
        {
            int behind = segments[next].Hole;
            int last = segments[next].Next;
            total += _holes.Holes[behind].Size;
            RemoveHole(behind);
            Join(segments, prev, last);
            GiveSegment(next);
        }
        else
        {
            Join(segments, prev, next);
            segments[next].HoleBefore = true;
        }

        GiveSegment(slot);
        MoveHole(ahead, _holes.Holes[ahead].Start, total);
    }

    private static void Link(Span<RangeSegment> segments, int prev, int slot, int next)
    {
        segments[slot].Prev = prev;
        segments[slot].Next = next;
        segments[prev].Next = slot;
        segments[next].Prev = slot;
    }

    private static void Join(Span<RangeSegment> segments, int prev, int next)
    {
        segments[prev].Next = next;
        segments[next].Prev = prev;
    }

    private void SetColor(int slot, ulong color)
    {
        if (_colors is not null)
        {
            _colors[slot] = color;
        }
        else if (color != 0)
        {
            _colors = new ulong[_segments.Length];
            _colors[slot] = color;
        }
    }

    /// <summary>Makes room for what one insertion may take: a node, and a hole on its other side.</summary>
    /// <returns>False at the limit of the table.</returns>
    private bool TryReserve()
    {
        _holes.Reserve();
        return _segments.Length - _usedSegments >= 2 || TryReserveSlow();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReserveSlow()
    {
        if (_unusedSegment != 0 && _segments[_unusedSegment].Next != 0)
        {
            return true;
        }

        long length = Math.Min(_segmentLimit, _segments.Length + (_segments.Length / 4L) + 16);
        if (length > _segments.Length)
        {
            _segments.Grow((int)length);
            if (_colors is not null)
            {
                Array.Resize(ref _colors, (int)length);
            }
        }

        int spare = _segments.Length - _usedSegments + (_unusedSegment != 0 ? 1 : 0);
        return spare >= 2;
    }

    private int TakeSegment()
    {
        int slot = _unusedSegment;
        if (slot != 0)
        {
            _unusedSegment = _segments[slot].Next;
            return slot;
        }

        slot = _usedSegments++;
        _segments[slot].Generation = _firstGeneration;
        return slot;
    }

    private void GiveSegment(int slot)
    {
        Debug.Assert(!_segments[slot].IsNode, "A live node keeps its slot.");
        _segments[slot].Next = _unusedSegment;
        _unusedSegment = slot;
    }
}
