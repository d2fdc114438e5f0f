using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>
/// Holes ordered by size, then by address. Sizes fall into bins, 64 to an octave, below 128 one to each size; a bin holds a
/// treap, and two levels of bits name the bins that are not empty.
/// </summary>
/// <remarks>
/// Most bins hold a hole or two, so most operations touch one treap node; a workload that fills one bin still costs
/// O(log holes), expected. Treap priorities are a hash of the entry number: nothing to store and nothing to draw. A node knows
/// its parent, so that a hole goes without a walk to it: a walk waits for each node in turn.
/// Sources: two-level bins from TLSF (Masmano et al., 2004); treaps from Seidel and Aragon (1996).
/// </remarks>
internal sealed class SizeIndex(HoleTable table)
{
    private const int BinBits = 6; // 64 bins to an octave, so that one word of bits is one octave.
    private const int BinsPerOctave = 1 << BinBits;
    private const int OctaveCount = 64 - BinBits + 1; // 1 for all sizes below 64, then one for each higher bit.

    private readonly HoleTable _table = table;
    private readonly ulong[] _bins = new ulong[OctaveCount];
    private readonly int[] _roots = new int[OctaveCount * BinsPerOctave];
    private ulong _octaves;

    public static long MetadataBytes => (OctaveCount * sizeof(ulong)) + (OctaveCount * BinsPerOctave * sizeof(int));

    /// <summary>Adds a hole.</summary>
    public void Add(int entry)
    {
        RangeHole[] holes = _table.Holes;
        ref RangeHole added = ref holes[entry];
        int bin = BinOf(added.Size);
        ref int link = ref _roots[bin];
        int parent = 0;
        if (link == 0)
        {
            _bins[bin >> BinBits] |= 1ul << (bin & (BinsPerOctave - 1));
            _octaves |= 1ul << (bin >> BinBits);
        }
        else
        {
            uint priority = Priority(entry);
            while (link != 0 && Priority(link) >= priority)
            {
                parent = link;
                ref RangeHole hole = ref holes[link];
                link = ref Precedes(in hole, added.Size, added.Start) ? ref hole.Right : ref hole.Left;
            }
        }

        int rest = link;
        link = entry;
        added.Left = 0;
        added.Right = 0;
        added.Parent = parent;
        if (rest != 0)
        {
            Split(holes, rest, entry);
        }
    }

    /// <summary>Takes a hole out; it must still have the size and address under which it was added.</summary>
    public void Remove(int entry)
    {
        RangeHole[] holes = _table.Holes;
        ref RangeHole removed = ref holes[entry];
        int parent = removed.Parent;
        if (parent != 0)
        {
            ref RangeHole above = ref holes[parent];
            Join(holes, ref (above.Left == entry ? ref above.Left : ref above.Right), parent, removed.Left, removed.Right);
            return;
        }

        int bin = BinOf(removed.Size);
        Join(holes, ref _roots[bin], 0, removed.Left, removed.Right);
        if (_roots[bin] == 0)
        {
            ClearBin(bin);
        }
    }

    /// <summary>The smallest hole of at least <paramref name="size"/> bytes, the lowest of several; 0 when there is none.</summary>
    public int FindAtLeast(ulong size)
    {
        int bin = BinOf(size);
        int link = _roots[bin];
        if (link != 0)
        {
            RangeHole[] holes = _table.Holes;
            int found = 0;
            do
            {
                ref RangeHole hole = ref holes[link];
                if (hole.Size >= size)
                {
                    found = link;
                    link = hole.Left;
                }
                else
                {
                    link = hole.Right;
                }
            }
            while (link != 0);

            if (found != 0)
            {
                return found;
            }
        }

        return FirstBehind(bin);
    }

    /// <summary>
    /// A hole that <see cref="FindAtLeast"/> will look at, as a rule the first; 0 when it will look at none. Looks at no hole.
    /// </summary>
    public int Peek(ulong size)
    {
        int bin = BinOf(size);
        return _roots[bin] is > 0 and int root ? root : RootBehind(bin);
    }

    /// <summary>The hole that follows in this order; 0 behind the last.</summary>
    public int FindNext(int entry)
    {
        RangeHole[] holes = _table.Holes;
        ulong size = holes[entry].Size;
        ulong start = holes[entry].Start;
        int bin = BinOf(size);
        int found = 0;
        for (int link = _roots[bin]; link != 0;)
        {
            ref RangeHole hole = ref holes[link];
            if (hole.Size > size || (hole.Size == size && hole.Start > start))
            {
                found = link;
                link = hole.Left;
            }
            else
            {
                link = hole.Right;
            }
        }

        return found != 0 ? found : FirstBehind(bin);
    }

    /// <summary>The largest hole, the highest of several; 0 when there is none.</summary>
    public int FindLargest()
    {
        if (_octaves == 0)
        {
            return 0;
        }

        int octave = BitOperations.Log2(_octaves);
        int link = _roots[(octave << BinBits) + BitOperations.Log2(_bins[octave])];
        RangeHole[] holes = _table.Holes;
        while (holes[link].Right != 0)
        {
            link = holes[link].Right;
        }

        return link;
    }

    /// <summary>Adds every hole of the table to an index that is empty.</summary>
    public void Build()
    {
        Clear();
        RangeHole[] holes = _table.Holes;
        for (int entry = 1; entry < _table.UsedEntries; entry++)
        {
            if (holes[entry].Size != 0)
            {
                Add(entry);
            }
        }
    }

    /// <summary>Null, or what is wrong. Cost: O(holes log holes).</summary>
    public string? Validate()
    {
        RangeHole[] holes = _table.Holes;
        int count = 0;
        int previous = 0;
        for (int entry = FindAtLeast(1); entry != 0; entry = FindNext(entry))
        {
            count++;
            if (count > _table.Count || holes[entry].Size == 0)
            {
                return "The size index names an entry that is no hole, or one twice.";
            }

            if (previous != 0 && !Precedes(in holes[previous], holes[entry].Size, holes[entry].Start))
            {
                return $"The size index is out of order at offset {holes[entry].Start}.";
            }

            if (!IsBelowItsParent(entry))
            {
                return $"The size index has another parent of the hole at offset {holes[entry].Start}.";
            }

            previous = entry;
        }

        return count == _table.Count ? null : $"The size index finds {count} of {_table.Count} holes.";
    }

    private static int BinOf(ulong size)
    {
        if (size < BinsPerOctave)
        {
            return (int)size;
        }

        int shift = BitOperations.Log2(size) - BinBits;
        return (shift << BinBits) + (int)(size >> shift);
    }

    private static uint Priority(int entry) => unchecked((uint)entry * 0x9E3779B1u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Precedes(in RangeHole hole, ulong size, ulong start) =>
        hole.Size != size ? hole.Size < size : hole.Start < start;

    /// <summary>Hangs the subtree <paramref name="rest"/> below a new node, smaller holes left, larger ones right.</summary>
    private static void Split(RangeHole[] holes, int rest, int entry)
    {
        ref RangeHole added = ref holes[entry];
        ref int left = ref added.Left;
        ref int right = ref added.Right;
        int leftParent = entry;
        int rightParent = entry;
        while (rest != 0)
        {
            ref RangeHole hole = ref holes[rest];
            if (Precedes(in hole, added.Size, added.Start))
            {
                left = rest;
                hole.Parent = leftParent;
                leftParent = rest;
                left = ref hole.Right;
                rest = left;
            }
            else
            {
                right = rest;
                hole.Parent = rightParent;
                rightParent = rest;
                right = ref hole.Left;
                rest = right;
            }
        }

        left = 0;
        right = 0;
    }

    /// <summary>Puts two subtrees, all of one before all of the other, in the place of their parent.</summary>
    private static void Join(RangeHole[] holes, ref int link, int parent, int left, int right)
    {
        while (left != 0 && right != 0)
        {
            if (Priority(left) >= Priority(right))
            {
                link = left;
                holes[left].Parent = parent;
                parent = left;
                link = ref holes[left].Right;
                left = link;
            }
            else
            {
                link = right;
                holes[right].Parent = parent;
                parent = right;
                link = ref holes[right].Left;
                right = link;
            }
        }

        int last = left | right;
        link = last;
        if (last != 0)
        {
            holes[last].Parent = parent;
        }
    }

    private bool IsBelowItsParent(int entry)
    {
        RangeHole[] holes = _table.Holes;
        int parent = holes[entry].Parent;
        return parent == 0 ? _roots[BinOf(holes[entry].Size)] == entry : holes[parent].Left == entry || holes[parent].Right == entry;
    }

    private int FirstBehind(int bin)
    {
        int link = RootBehind(bin);
        RangeHole[] holes = _table.Holes;
        while (holes[link].Left != 0)
        {
            link = holes[link].Left;
        }

        return link;
    }

    /// <summary>The root of the first bin behind one that is not empty; 0 when there is none.</summary>
    private int RootBehind(int bin)
    {
        int octave = bin >> BinBits;
        // Two shifts: a shift by 64 would be a shift by 0.
        ulong bins = _bins[octave] & (~0ul << (bin & (BinsPerOctave - 1)) << 1);
        if (bins == 0)
        {
            ulong octaves = _octaves & (~0ul << octave << 1);
            if (octaves == 0)
            {
                return 0;
            }

            octave = BitOperations.TrailingZeroCount(octaves);
            bins = _bins[octave];
        }

        return _roots[(octave << BinBits) + BitOperations.TrailingZeroCount(bins)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ClearBin(int bin)
    {
        int octave = bin >> BinBits;
        ulong bins = _bins[octave] & ~(1ul << (bin & (BinsPerOctave - 1)));
        _bins[octave] = bins;
        if (bins == 0)
        {
            _octaves &= ~(1ul << octave);
        }
    }

    private void Clear()
    {
        System.Array.Clear(_bins);
        System.Array.Clear(_roots);
        _octaves = 0;
    }
}
