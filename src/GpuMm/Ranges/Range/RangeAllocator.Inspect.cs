using System;
using System.Globalization;
using System.IO;

namespace GpuMm.Ranges;

/// <content>Walks, the dump, and the end of life.</content>
public sealed partial class RangeAllocator
{
    /// <summary>Every node in address order; no managed allocation.</summary>
    /// <exception cref="InvalidOperationException">An eviction scan is under way.</exception>
    public RangeNodes Nodes() => Nodes(0, 0);

    /// <summary>The nodes that share a byte with a window, in address order; no managed allocation.</summary>
    /// <param name="startBytes">First address of the window.</param>
    /// <param name="endBytes">First address behind it; 0 stands for 2^64.</param>
    /// <exception cref="InvalidOperationException">An eviction scan is under way.</exception>
    /// <remarks>
    /// Cost: O(log holes) to find the last hole before the window, then one step for each node from there on.
    /// Source: drm_mm_for_each_node_in_range.
    /// </remarks>
    public RangeNodes Nodes(ulong startBytes, ulong endBytes)
    {
        RequireIdle();
        return new RangeNodes(this, startBytes, endBytes);
    }

    /// <summary>Every hole in address order; no managed allocation.</summary>
    /// <exception cref="InvalidOperationException">An eviction scan is under way.</exception>
    public RangeHoles Holes()
    {
        RequireIdle();
        return new RangeHoles(this);
    }

    /// <summary>Ends the use of the range and tells what was not freed.</summary>
    /// <returns>The leaked nodes in address order; empty when all is well. Their handles are dead.</returns>
    /// <exception cref="InvalidOperationException">A scan is under way, or the range was taken down before.</exception>
    /// <remarks>Every later operation throws. Source: drm_mm_takedown, which lists leaks in the kernel log.</remarks>
    public RangeNode[] Takedown()
    {
        RequireIdle();
        RangeNode[] leaks = new RangeNode[_nodeCount];
        int count = 0;
        foreach (RangeNode node in Nodes())
        {
            leaks[count++] = node;
        }

        _state = AllocatorState.TakenDown;
        _segments = new LineArray<RangeSegment>(0);
        _colors = null;
        return leaks;
    }

    /// <summary>Writes every node and hole in address order, then the totals.</summary>
    /// <param name="writer">Receives lines of <c>start-end: bytes: used</c> or <c>free</c>; addresses in hexadecimal.</param>
    /// <exception cref="InvalidOperationException">An eviction scan is under way.</exception>
    public void Dump(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        RequireIdle();
        for (int slot = _segments[Sentinel].Next; slot != Sentinel; slot = _segments[slot].Next)
        {
            ref RangeSegment segment = ref _segments[slot];
            ulong start = segment.IsNode ? segment.Start : _holes.Holes[segment.Hole].Start;
            ulong size = segment.IsNode ? segment.Size : _holes.Holes[segment.Hole].Size;
            ByteRange range = new(_baseBytes + start, size);
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"0x{range.StartBytes:x16}-0x{range.EndBytes:x16}: {size}: {(segment.IsNode ? "used" : "free")}\n"));
        }

        writer.Write(string.Create(
            CultureInfo.InvariantCulture, $"total: {SizeBytes}, used {_usedBytes} free {FreeBytes}\n"));
    }

    /// <summary>The slot of the first piece from which a walk reaches a byte; the sentinel when there is none.</summary>
    internal int FirstPiece(ulong startBytes)
    {
        if (startBytes <= _baseBytes)
        {
            return _segments[Sentinel].Next;
        }

        ulong offset = startBytes - _baseBytes;
        if (offset >= SizeBytes)
        {
            return Sentinel;
        }

        int hole = ByAddress().FindLast(offset + 1, 1);
        return hole == 0 ? _segments[Sentinel].Next : _holes.Holes[hole].Segment;
    }

    /// <summary>Moves a walk to the next node at or behind <paramref name="slot"/>.</summary>
    internal bool TryNextNode(ref int slot, ulong stamp, ulong startBytes, ulong endBytes, out RangeNode node)
    {
        RequireUnchanged(stamp);
        while (slot != Sentinel)
        {
            int at = slot;
            ref RangeSegment segment = ref _segments[at];
            slot = segment.Next;
            if (!segment.IsNode)
            {
                continue;
            }

            node = NodeOf(at);
            if (endBytes != 0 && node.Range.StartBytes >= endBytes)
            {
                break;
            }

            if (node.Range.StartBytes >= startBytes || startBytes - node.Range.StartBytes < node.Range.SizeBytes)
            {
                return true;
            }
        }

        slot = Sentinel;
        node = default;
        return false;
    }

    /// <summary>Moves a walk to the next hole at or behind <paramref name="slot"/>.</summary>
    internal bool TryNextHole(ref int slot, ulong stamp, out ByteRange hole)
    {
        RequireUnchanged(stamp);
        while (slot != Sentinel)
        {
            ref RangeSegment segment = ref _segments[slot];
            slot = segment.Next;
            if (!segment.IsNode)
            {
                ref RangeHole entry = ref _holes.Holes[segment.Hole];
                hole = new ByteRange(_baseBytes + entry.Start, entry.Size);
                return true;
            }
        }

        hole = default;
        return false;
    }

    /// <summary>A number that changes with every change of the range.</summary>
    internal ulong Stamp => _stamp;

    private void RequireUnchanged(ulong stamp)
    {
        RequireIdle();
        if (_stamp != stamp)
        {
            throw new InvalidOperationException("The range changed during the walk over it.");
        }
    }
}
