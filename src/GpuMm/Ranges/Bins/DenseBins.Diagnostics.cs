using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace GpuMm.Ranges;

/// <summary>What can be said of the tables, and whether every invariant holds.</summary>
internal sealed partial class DenseBins
{
    /// <summary>A line for each class that has holes, largest first.</summary>
    internal void Dump(StringBuilder text, int unitShift)
    {
        for (int bin = _stacks.Length - 1; bin > 0; bin--)
        {
            if (_stacks[bin].Count != 0)
            {
                ulong least = BinClass.LeastSize(bin) << unitShift;
                text.Append(CultureInfo.InvariantCulture, $"from {least,14} B: {_stacks[bin].Count,8} holes\n");
            }
        }
    }

    /// <summary>Checks every invariant.</summary>
    /// <returns>Null, or the first that does not hold. Cost: O(units + entries).</returns>
    internal string? Validate(uint expectedFree, int expectedLive)
    {
        HashSet<uint> holes = [];
        int[] counts = new int[BinClass.Count];
        uint free = 0;
        int live = 0;
        bool followsHole = false;
        uint end;
        for (uint start = 0; start < _unitCount; start = end)
        {
            bool isHole = (WordOf(start).Holes & BitOf(start)) != 0;
            end = NextBorder(start);
            string? fault = ValidatePiece(start, end, isHole);
            if (fault is not null)
            {
                return fault;
            }

            if (isHole && followsHole)
            {
                return $"two holes lie side by side at {start}";
            }

            followsHole = isHole;
            if (!isHole)
            {
                live++;
                continue;
            }

            holes.Add(start);
            counts[BinClass.Of(end - start)]++;
            free += end - start;
        }

        return free != expectedFree ? $"{expectedFree} units are counted free, but {free} are"
            : live != expectedLive ? $"{expectedLive} blocks are counted live, but {live} are"
            : ValidateStacks(holes, counts) ?? _mask.Validate();
    }

    private uint NextBorder(uint start)
    {
        uint end = start + 1;
        while (end < _unitCount && (WordOf(end).Borders & BitOf(end)) == 0)
        {
            end++;
        }

        return end;
    }

    private string? ValidatePiece(uint start, uint end, bool isHole)
    {
        if ((WordOf(start).Borders & BitOf(start)) == 0 || (WordOf(_unitCount).Borders & BitOf(_unitCount)) == 0)
        {
            return $"no border stands at {start}, or at the end";
        }

        if (SizeOf(start) != end - start || (isHole && SizeOfHoleBefore(end) != end - start))
        {
            return $"the piece at {start} has {end - start} units, which its notes deny";
        }

        for (uint unit = start; unit < end; unit++)
        {
            bool isMarked = (WordOf(unit).Holes & BitOf(unit)) != 0;
            if (isMarked != (isHole && (unit == start || unit == end - 1)))
            {
                return $"unit {unit} is {(isMarked ? string.Empty : "not ")}marked as the border of a hole";
            }
        }

        return null;
    }

    private string? ValidateStacks(HashSet<uint> holes, int[] counts)
    {
        for (int bin = 1; bin < _stacks.Length; bin++)
        {
            if (_stacks[bin].Count != counts[bin])
            {
                return $"class {bin} counts {_stacks[bin].Count} holes instead of {counts[bin]}";
            }

            if (HasClass(bin) != (counts[bin] != 0))
            {
                return $"the bitmap {(counts[bin] == 0 ? "names an empty" : "hides the")} class {bin}";
            }

            for (uint entry = _stacks[bin].Top; entry != NoEntry; entry = EntryBelow(entry))
            {
                uint start = _entries[entry];
                if (BinClass.Of(HoleAt(start)) == bin)
                {
                    holes.Remove(start);
                }
            }
        }

        foreach (uint start in holes)
        {
            return $"no class lists the hole at {start}";
        }

        return ValidateChunks();
    }

    private string? ValidateChunks()
    {
        int used = 0;
        foreach (ref readonly Stack stack in _stacks.AsSpan())
        {
            for (uint entry = stack.Top; entry != NoEntry && used <= _usedChunks; used++)
            {
                entry = _entries[entry - (entry % ChunkEntries)];
            }
        }

        uint spare = 0;
        for (uint chunk = _spareChunk; chunk != 0 && spare < _madeChunks; chunk = _entries[chunk * ChunkEntries])
        {
            spare++;
        }

        return used == _usedChunks && used + spare + 1 == _madeChunks ? null
            : $"{_madeChunks - 1} chunks exist, but {used} are used and {spare} spare";
    }
}
