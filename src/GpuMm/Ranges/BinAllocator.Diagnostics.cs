using System;
using System.Globalization;
using System.Text;

namespace GpuMm.Ranges;

/// <summary>What can be said of a bin allocator: a dump, and whether every invariant holds.</summary>
public sealed partial class BinAllocator
{
    /// <summary>Totals, then one line for each size class that has holes, largest first.</summary>
    /// <returns>Lines that end in a line feed. Cost: O(holes).</returns>
    public string Dump()
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"bins: unit {UnitBytes} B, size {SizeBytes} B, free {FreeBytes} B, largest {LargestFreeBytes} B, ");
        text.Append(CultureInfo.InvariantCulture, $"live {LiveCount}\n");
        for (int bin = _heads.Length - 1; bin > 0; bin--)
        {
            int count = 0;
            for (uint hole = _heads[bin]; hole != None; hole = _holes[hole].Next)
            {
                count++;
            }

            if (count != 0)
            {
                ulong least = LeastSize(bin) << _unitShift;
                text.Append(CultureInfo.InvariantCulture, $"from {least,14} B: {count,8} holes\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Checks every invariant.</summary>
    /// <returns>Null when all hold, otherwise a sentence that names the first that does not. Cost: O(nodes + bins).</returns>
    public string? Validate()
    {
        int live = 0;
        int holes = 0;
        ulong freeUnits = 0;
        ulong end = 0;
        uint previous = None;
        for (uint slot = FirstSlot(); slot != None; slot = _nodes[slot].After & SlotMask)
        {
            ref Node node = ref _nodes[slot];
            bool isHole = (node.State & 1) == 0;
            uint next = node.After & SlotMask;
            ulong nextOffset = next == None ? _unitCount : _nodes[next].Offset;
            if (node.Offset != end || nextOffset <= end)
            {
                return $"the node at {node.Offset} does not reach from {end} to the one behind it at {nextOffset}";
            }

            ulong size = nextOffset - end;
            if (isHole && (_holes[node.State >> 1].Slot != slot || _holes[node.State >> 1].Size != size))
            {
                return $"the hole at {node.Offset} is not recorded with its {size} units";
            }

            if ((node.Before & SlotMask) != previous || IsHole(node.Before) != IsHoleSlot(previous))
            {
                return $"the node at {node.Offset} does not know what lies before it";
            }

            if (IsHole(node.After) != IsHoleSlot(node.After & SlotMask))
            {
                return $"the node at {node.Offset} does not know what lies behind it";
            }

            if (isHole && IsHole(node.After))
            {
                return $"two holes lie side by side at {node.Offset}";
            }

            live += isHole ? 0 : 1;
            holes += isHole ? 1 : 0;
            freeUnits += isHole ? size : 0;
            end = nextOffset;
            previous = slot;
        }

        return end != _unitCount ? $"the nodes end at {end} instead of {_unitCount}"
            : freeUnits != _freeUnits ? $"{_freeUnits} units are counted free, but {freeUnits} are"
            : live != LiveCount ? $"{LiveCount} blocks are counted live, but {live} are"
            : ValidateBins(holes) ?? ValidateSlots(live + holes);
    }

    private static ulong LeastSize(int bin)
    {
        int shift = Math.Max(0, (bin >> LevelBits) - 1);
        return (ulong)(bin - (shift << LevelBits)) << shift;
    }

    private bool IsHoleSlot(uint slot) => slot != None && (_nodes[slot].State & 1) == 0;

    private uint FirstSlot()
    {
        for (uint slot = 0; slot < (uint)_made; slot++)
        {
            if (_nodes[slot].Before == None)
            {
                return slot;
            }
        }

        return None;
    }

    private string? ValidateBins(int holes)
    {
        int listed = 0;
        for (int bin = 0; bin < _heads.Length; bin++)
        {
            bool isMarked = ((_classes[bin >> LevelBits] >> (bin & (BinsPerLevel - 1))) & 1) != 0;
            if (isMarked != (_heads[bin] != None))
            {
                return $"the bitmap {(isMarked ? "names an empty" : "hides the")} class {bin}";
            }

            uint previous = None;
            for (uint hole = _heads[bin]; hole != None; hole = _holes[hole].Next)
            {
                bool isOne = _holes[hole].Size != 0 && _nodes[_holes[hole].Slot].State == hole << 1;
                if (!isOne || BinOf(_holes[hole].Size) != bin || _holes[hole].Previous != previous)
                {
                    return $"class {bin} lists hole {hole}, which does not belong there";
                }

                previous = hole;
                if (++listed > holes)
                {
                    return $"class {bin} lists more holes than there are";
                }
            }
        }

        for (int level = 0; level < LevelCount; level++)
        {
            if (((_levels >> level) & 1) != (_classes[level] == 0 ? 0u : 1u))
            {
                return $"the mask of levels disagrees with level {level}";
            }
        }

        return listed == holes ? null : $"{holes} holes exist, but {listed} are listed";
    }

    private string? ValidateSlots(int used)
    {
        int spare = 0;
        for (uint slot = _spare; slot != None && spare <= _made; slot = _nodes[slot].Offset)
        {
            spare++;
        }

        return used + spare == _made ? null : $"{_made} slots exist, but {used} are used and {spare} spare";
    }
}
