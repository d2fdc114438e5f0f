using System.Globalization;

namespace GpuMm.Ranges;

/// <content>The check of everything that must hold, and the hooks that let a test break it.</content>
public sealed partial class RangeAllocator
{
    /// <summary>Checks every invariant.</summary>
    /// <returns>Null when all hold, otherwise a sentence that names the first that does not.</returns>
    /// <remarks>
    /// While nodes are in an eviction scan the ring has gaps by design, and only its order is checked.
    /// Cost: O(nodes + holes log holes), no managed allocation unless something is wrong.
    /// </remarks>
    public string? Validate() => _state switch
    {
        AllocatorState.TakenDown => null,
        AllocatorState.Scanning => ValidateScan(),
        _ => ValidateRing() ?? ValidateIndexes(),
    };

    /// <summary>For tests: how many indexes are kept up now.</summary>
    internal int KeptIndexCount =>
        (_bySize is null ? 0 : 1) + (_byAddress is null ? 0 : 1) + (_byRecency is null ? 0 : 1);

    /// <summary>For tests: plants a fault of the given kind, which <see cref="Validate"/> must name.</summary>
    internal void PlantFault(string kind)
    {
        int first = _segments[Sentinel].Next;
        int hole = first;
        while (!IsHole(hole))
        {
            hole = _segments[hole].Next;
        }

        ref RangeHole entry = ref _holes.Holes[_segments[hole].Hole];
        switch (kind)
        {
            case "overlap":
                _segments[first].Size++;
                break;
            case "lost flag":
                _segments[first].HoleAfter = !_segments[first].HoleAfter;
                break;
            case "broken link":
                _segments[_segments[first].Next].Prev = Sentinel;
                break;
            case "wrong count":
                _nodeCount++;
                break;
            case "wrong total":
                _usedBytes++;
                break;
            case "lost hole":
                BySize().Remove(_segments[hole].Hole);
                break;
            case "stale address":
                ByAddress().Change(entry.Start, entry.Start, entry.Size + 1);
                break;
            case "lost age":
                ByRecency().Remove(_segments[hole].Hole);
                break;
            default:
                throw new System.ArgumentException("There is no such fault.", nameof(kind));
        }
    }

    private static string At(ulong offset, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"At offset {offset}: {what}");

    private string? ValidateRing()
    {
        ulong offset = 0;
        ulong used = 0;
        int nodes = 0;
        int holes = 0;
        bool holeBefore = false;
        int previous = Sentinel;
        for (int slot = _segments[Sentinel].Next; slot != Sentinel; slot = _segments[slot].Next)
        {
            ref RangeSegment segment = ref _segments[slot];
            if (segment.Prev != previous)
            {
                return At(offset, "the piece does not name the one before it.");
            }

            if (nodes + holes > _nodeCount + _holes.Count)
            {
                return At(offset, "the ring has more pieces than there are nodes and holes.");
            }

            string? fault = segment.IsNode
                ? ValidateNode(in segment, offset, holeBefore)
                : ValidateHole(in segment, slot, offset, holeBefore);
            if (fault is not null)
            {
                return At(offset, fault);
            }

            holeBefore = !segment.IsNode;
            nodes += segment.IsNode ? 1 : 0;
            holes += segment.IsNode ? 0 : 1;
            ulong size = segment.IsNode ? segment.Size : _holes.Holes[segment.Hole].Size;
            used += segment.IsNode ? size : 0;
            if (size > SizeBytes - offset)
            {
                return At(offset, "the piece reaches behind the end of the range.");
            }

            offset += size;
            previous = slot;
        }

        return _segments[Sentinel].Prev != previous ? "The ring does not close."
            : offset != SizeBytes ? At(offset, "the pieces do not cover the rest of the range.")
            : nodes != _nodeCount ? "The number of nodes is wrong."
            : holes != _holes.Count ? "The number of holes is wrong."
            : used != _usedBytes ? "The sum of used bytes is wrong."
            : null;
    }

    private string? ValidateNode(in RangeSegment node, ulong offset, bool holeBefore)
    {
        bool holeBehind = IsHole(node.Next);
        return node.Start != offset || node.Size == 0 ? "a node overlaps its neighbour, or is empty."
            : node.HoleBefore != holeBefore || node.HoleAfter != holeBehind ? "a node is wrong about a hole beside it."
            : node.Scanned ? "a node is in a scan, but there is none."
            : null;
    }

    private string? ValidateHole(in RangeSegment segment, int slot, ulong offset, bool holeBefore)
    {
        if (segment.Hole <= 0 || segment.Hole >= _holes.UsedEntries)
        {
            return "a hole has no entry in the table.";
        }

        ref RangeHole hole = ref _holes.Holes[segment.Hole];
        return hole.Segment != slot ? "a hole's entry names another piece."
            : hole.Start != offset || hole.Size == 0 ? "a hole overlaps its neighbour, or is empty."
            : holeBefore ? "two holes lie side by side."
            : null;
    }

    private string? ValidateIndexes() =>
        _bySize?.Validate() ?? _byAddress?.Validate(_holes) ?? _byRecency?.Validate(_segments.Elements);

    private string? ValidateScan()
    {
        ulong end = 0;
        int nodes = 0;
        for (int slot = _segments[Sentinel].Next; slot != Sentinel; slot = _segments[slot].Next)
        {
            ref RangeSegment segment = ref _segments[slot];
            if (!segment.IsNode)
            {
                continue;
            }

            if (segment.Scanned || segment.Start < end || ++nodes > _nodeCount)
            {
                return At(segment.Start, "the ring is out of order, or holds a node of the scan.");
            }

            end = segment.Start + segment.Size;
        }

        return nodes + _scannedCount == _nodeCount ? null : "A node is neither in the ring nor in the scan.";
    }
}
