using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>What is not small: sizes of any class, alignments, and neighbours of more than 64 units.</summary>
internal sealed partial class DenseBins
{
    /// <summary>Size of the largest hole, units. Cost: O(entries of the highest class).</summary>
    internal uint LargestHole
    {
        get
        {
            uint largest = 0;
            int bin = FirstClassFrom(0) == BinMask.None ? 0 : HighestClass;
            for (uint entry = StackOf(bin).Top; entry != NoEntry; entry = EntryBelow(entry))
            {
                uint size = HoleAt(EntryAt(entry));
                largest = BinClass.Of(size) == bin ? Math.Max(largest, size) : largest;
            }

            return largest;
        }
    }

    /// <summary>Takes space at a multiple of a power of two: first from a hole of a class that can serve it for certain.</summary>
    internal bool TryTakeAligned(uint size, ulong alignment, out BinBlock block, out uint offset)
    {
        int above = BinClass.Above(size + alignment - 1);
        int bin = FirstClassFrom(above);
        uint holeSize;
        if (bin != BinMask.None)
        {
            offset = PopHole(bin, out holeSize);
        }
        else if (!TrySearch(BinClass.Of(size), Math.Min(above, BinClass.Count), size, alignment, out offset, out holeSize))
        {
            block = default;
            return false;
        }

        Uncount(BinClass.Of(holeSize));
        uint end = offset + holeSize;
        uint start = (uint)((offset + alignment - 1) & ~(alignment - 1));
        if (start != offset)
        {
            WordOf(start).Borders |= BitOf(start);
            AddHole(offset, start - offset);
        }

        offset = start;
        block = Place(start, size, end);
        return true;
    }

    /// <summary>Size of the piece that starts at a unit.</summary>
    internal uint SizeOf(uint start)
    {
        ulong borders = BordersAfter(ref WordOf(start), start);
        return borders != 0 ? (uint)BitOperations.TrailingZeroCount(borders) + 1 : _long[LongNote(start)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeLarger(uint size, out BinBlock block, out uint offset)
    {
        int own = BinClass.Of(size);
        int above = BinClass.Above(size);
        int bin = own;
        if (own == above || !TryTakeTop(own, size, out offset, out uint holeSize))
        {
            bin = FirstClassFrom(above);
            if (bin != BinMask.None)
            {
                offset = PopHole(bin, out holeSize);
            }
            else if (own != above && TrySearch(own, own + 1, size, 1, out offset, out holeSize))
            {
                bin = own;
            }
            else
            {
                offset = 0;
                block = default;
                return false;
            }
        }

        Uncount(bin);
        block = Place(offset, size, offset + holeSize);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint FreeAndMerge(uint start)
    {
        uint size = SizeOf(start);
        uint end = start + size;
        uint before = SizeOfHoleBefore(start);
        uint after = HoleAt(end);
        if (before != 0)
        {
            Uncount(BinClass.Of(before));
            WordOf(start).Borders &= ~BitOf(start);
            WordOf(start - 1).Holes &= ~BitOf(start - 1);
        }

        if (after != 0)
        {
            Uncount(BinClass.Of(after));
            WordOf(end).Borders &= ~BitOf(end);
            WordOf(end).Holes &= ~BitOf(end);
        }

        start -= before;
        AddHole(start, end + after - start);
        return size;
    }

    private static int LongNote(uint unit) => (int)(unit >> WordShift) * 2;

    private void NoteLong(uint start, uint last, uint size)
    {
        _long[LongNote(start)] = size;
        _long[LongNote(last) + 1] = size;
    }

    /// <summary>Size of the hole that starts at a unit; 0 when none does.</summary>
    private uint HoleAt(uint start)
    {
        ref Word word = ref WordOf(start);
        return ((word.Borders & word.Holes) & BitOf(start)) != 0 ? SizeOf(start) : 0;
    }

    /// <summary>Size of the hole that ends before a unit; 0 when none does.</summary>
    private uint SizeOfHoleBefore(uint end)
    {
        ref Word word = ref WordOf(end);
        if (HolesBefore(ref word, end) >> (WordBits - 1) == 0)
        {
            return 0;
        }

        ulong borders = BordersBefore(ref word, end);
        return borders != 0 ? (uint)BitOperations.LeadingZeroCount(borders) + 1 : _long[LongNote(end - 1) + 1];
    }

    /// <summary>Turns the front of a run, at whose start a border stands, into a live block; the rest becomes a hole.</summary>
    private BinBlock Place(uint start, uint size, uint end)
    {
        WordOf(start).Holes &= ~BitOf(start);
        uint rest = start + size;
        if (size > ShortMost)
        {
            _long[LongNote(start)] = size;
        }

        if (rest == end)
        {
            WordOf(end - 1).Holes &= ~BitOf(end - 1);
        }
        else
        {
            Debug.Assert(rest < end, "The run is long enough.");
            WordOf(rest).Borders |= BitOf(rest);
            AddHole(rest, end - rest);
        }

        return new BinBlock(start, _number | NextStart(start));
    }
}
