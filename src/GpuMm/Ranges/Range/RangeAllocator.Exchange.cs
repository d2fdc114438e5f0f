using System;
using System.Diagnostics;

namespace GpuMm.Ranges;

/// <content>Giving and taking in one step.</content>
public sealed partial class RangeAllocator
{
    /// <summary>
    /// Frees a node, and puts another one at the start of the hole that this makes, if that is large enough. As long as no other
    /// hole is, this does what <see cref="Remove"/> and then <see cref="TryInsert"/> (best or low) do, but the holes change once.
    /// </summary>
    /// <param name="handle">A live node; refused from now on.</param>
    /// <param name="sizeBytes">Size of the other, of colour 0; above 0.</param>
    /// <param name="taken">The other; none on failure.</param>
    /// <param name="holeBytes">What is left of the hole; the whole hole on failure.</param>
    /// <returns>False when the hole is too small, or at the limit of nodes: the first node is freed all the same.</returns>
    /// <exception cref="InvalidOperationException">The handle is not live, or an eviction scan is under way.</exception>
    /// <remarks>Cost: O(log holes) for each index in use. There must be no colour rule.</remarks>
    internal bool TryExchange(RangeHandle handle, ulong sizeBytes, out RangeHandle taken, out ulong holeBytes)
    {
        RequireIdle();
        Debug.Assert(_colorAdjust is null, "A colour rule would have to be asked.");
        Debug.Assert(sizeBytes > 0, "A node has bytes.");
        int slot = SlotOf(handle);
        bool hasRecords = TryReserve();
        ref RangeSegment node = ref _segments[slot];
        int ahead = node.HoleBefore ? _segments[node.Prev].Hole : 0;
        int behind = node.HoleAfter ? _segments[node.Next].Hole : 0;
        ulong start = ahead != 0 ? _holes.Holes[ahead].Start : node.Start;
        ulong freed = node.Size;
        holeBytes = freed + (ahead != 0 ? _holes.Holes[ahead].Size : 0) + (behind != 0 ? _holes.Holes[behind].Size : 0);
        taken = default;
        if (holeBytes < sizeBytes || !hasRecords)
        {
            Free(slot);
            return false;
        }

        holeBytes -= sizeBytes;
        node.Start = start;
        node.Size = sizeBytes;
        node.Generation = unchecked(node.Generation + 2);
        node.HoleBefore = false;
        node.HoleAfter = holeBytes != 0;
        SetColor(slot, 0);
        _usedBytes = _usedBytes - freed + sizeBytes;
        taken = new RangeHandle(slot, node.Generation);
        LeaveRest(slot, ahead, behind, start + sizeBytes, holeBytes);
        return true;
    }

    /// <summary>The holes beside a node become one behind it, or none.</summary>
    private void LeaveRest(int slot, int ahead, int behind, ulong start, ulong size)
    {
        Span<RangeSegment> segments = _segments.Elements;
        if (ahead != 0 && (behind != 0 || size == 0))
        {
            int hole = TakeOutHoleBefore(segments, slot);
            RemoveHole(ahead);
            GiveSegment(hole);
        }

        if (behind != 0 && size != 0)
        {
            MoveHole(behind, start, size);
        }
        else if (behind != 0)
        {
            int hole = segments[slot].Next;
            int next = segments[hole].Next;
            Join(segments, slot, next);
            segments[next].HoleBefore = false;
            RemoveHole(behind);
            GiveSegment(hole);
        }
        else if (size != 0)
        {
            int next = segments[slot].Next;
            int hole = ahead != 0 ? TakeOutHoleBefore(segments, slot) : TakeSegment();
            Link(segments, slot, hole, next);
            segments[next].HoleBefore = true;
            if (ahead != 0)
            {
                MoveHole(ahead, start, size);
            }
            else
            {
                AddHole(start, size, hole);
            }
        }
    }

    private static int TakeOutHoleBefore(Span<RangeSegment> segments, int slot)
    {
        int hole = segments[slot].Prev;
        int before = segments[hole].Prev;
        Join(segments, before, slot);
        segments[before].HoleAfter = false;
        return hole;
    }
}
