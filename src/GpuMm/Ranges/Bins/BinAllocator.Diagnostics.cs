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
        _dense?.Dump(text, _unitShift);
        for (int bin = _heads.Length - 1; bin > 0; bin--)
        {
            int count = 0;
            for (uint slot = _heads[bin]; slot != None; slot = _nodes[slot].NextInBin)
            {
                count++;
            }

            if (count != 0)
            {
                ulong least = BinClass.LeastSize(bin) << _unitShift;
                text.Append(CultureInfo.InvariantCulture, $"from {least,14} B: {count,8} holes\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Checks every invariant.</summary>
    /// <returns>Null when all hold, otherwise a sentence that names the first that does not. Cost: O(nodes + bins).</returns>
    public string? Validate() => _dense is { } dense ? dense.Validate(_freeUnits, LiveCount) : ValidateNodes();

    private string? ValidateNodes()
    {
        int live = 0;
        int holes = 0;
        ulong freeUnits = 0;
        ulong end = 0;
        uint previous = None;
        for (uint slot = FirstSlot(); slot != None; slot = _nodes[slot].After & SlotMask)
        {
            ref Node node = ref _nodes[slot];
            bool isHole = (node.Generation & 1) == 0;
            if (node.Offset != end || node.Size == 0)
            {
                return $"the node at {node.Offset} does not start at {end}, where the one before it ends";
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
            freeUnits += isHole ? node.Size : 0;
            end += node.Size;
            previous = slot;
        }

        return end != _unitCount ? $"the nodes end at {end} instead of {_unitCount}"
            : freeUnits != _freeUnits ? $"{_freeUnits} units are counted free, but {freeUnits} are"
            : live != LiveCount ? $"{LiveCount} blocks are counted live, but {live} are"
            : ValidateBins(holes) ?? ValidateSlots(live + holes);
    }

    private bool IsHoleSlot(uint slot) => slot != None && (_nodes[slot].Generation & 1) == 0;

    private uint FirstSlot()
    {
        for (uint slot = 0; slot < (uint)_made; slot++)
        {
            if (_nodes[slot].Size != 0 && (_nodes[slot].Before & SlotMask) == None)
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
            bool isMarked = _mask.Has(bin);
            if (isMarked != (_heads[bin] != None))
            {
                return $"the bitmap {(isMarked ? "names an empty" : "hides the")} class {bin}";
            }

            uint previous = None;
            for (uint slot = _heads[bin]; slot != None; slot = _nodes[slot].NextInBin)
            {
                if (!IsHoleSlot(slot) || BinClass.Of(_nodes[slot].Size) != bin || _nodes[slot].PrevInBin != previous)
                {
                    return $"class {bin} lists slot {slot}, which does not belong there";
                }

                previous = slot;
                if (++listed > holes)
                {
                    return $"class {bin} lists more holes than there are";
                }
            }
        }

        return listed == holes ? _mask.Validate() : $"{holes} holes exist, but {listed} are listed";
    }

    private string? ValidateSlots(int used)
    {
        int spare = 0;
        for (uint slot = _spare; slot != None && spare <= _made; slot = _nodes[slot].NextInBin)
        {
            spare++;
        }

        return used + spare == _made ? null : $"{_made} slots exist, but {used} are used and {spare} spare";
    }
}
