using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GpuMm.Ranges;

/// <summary>
/// Holes ordered by address, each subtree with the size of its largest hole: a B+ tree of <see cref="Width"/> entries to a
/// node, kept in three arrays.
/// </summary>
/// <remarks>
/// A search reads one field of all entries of a node, so the fields are apart and a node's share of each is compared as
/// vectors, without a branch. A wide node also keeps the tree low: a million holes are four levels. An entry of an
/// inner node has a start that is no greater than any below it and greater than any before it, and the largest size
/// below it. Unused entries start at the
/// highest number and have size 0, so that comparisons need no count.
/// Source: B+ trees with aggregates; the pruning by largest hole is that of drm_mm's address tree.
/// </remarks>
internal sealed partial class AddressIndex
{
    private const int Width = 32; // One bit each in a word of comparison results.
    private const int MergeBelow = Width / 4; // A node this empty is joined with a neighbour...
    private const int MergeLimit = Width * 3 / 4; // ...when both together leave room to grow.
    private const int MaxLevels = 16; // A root splits only when it is full, so even this many levels are out of reach.

    private readonly int[] _pathNodes = new int[MaxLevels];
    private readonly int[] _pathEntries = new int[MaxLevels];
    private ulong[] _starts = [];
    private ulong[] _sizes = [];
    private int[] _children = [];
    private byte[] _counts = [];
    private int _unused = -1;
    private int _used;
    private int _root;
    private int _levels;
    private int _foundLeaf; // Where the last search ended, with the way in the path; no leaf after a change.
    private int _foundEntry;
    private ulong _sought = ulong.MaxValue; // What the last Seek looked for, as long as the path is that to its leaf.

    /// <summary>An index without holes.</summary>
    /// <param name="capacity">Holes to make room for at once.</param>
    public AddressIndex(int capacity)
    {
        GrowNodes(FirstNodes + (capacity / TypicalFill));
        Clear();
    }

    public long MetadataBytes =>
        ((long)_starts.Length * (sizeof(ulong) + sizeof(ulong) + sizeof(int))) + _counts.Length;

    /// <summary>The size of the largest hole; 0 when there is none.</summary>
    public ulong LargestSize => LargestOf(_root);

    /// <summary>Adds every hole of the table to an index that is emptied first.</summary>
    public void Build(HoleTable table)
    {
        Clear();
        RangeHole[] holes = table.Holes;
        for (int entry = 1; entry < table.UsedEntries; entry++)
        {
            if (holes[entry].Size != 0)
            {
                Add(holes[entry].Start, holes[entry].Size, entry);
            }
        }
    }

    /// <summary>The lowest hole that starts at <paramref name="from"/> or later and has at least <paramref name="size"/> bytes.</summary>
    /// <returns>The hole's entry; 0 when there is none.</returns>
    public int FindFirst(ulong from, ulong size)
    {
        int level = 0;
        int node;
        uint allowed;
        if (from == 0)
        {
            level = _levels - 1;
            node = _root;
            allowed = SizesAtLeast(node, size);
        }
        else
        {
            node = Descend(from);
            allowed = ~StartsBelow(node, from) & SizesAtLeast(node, size);
        }

        while (allowed == 0)
        {
            if (++level >= _levels)
            {
                return 0;
            }

            node = _pathNodes[level];
            // Two shifts: a shift by 32 would be a shift by 0.
            allowed = SizesAtLeast(node, size) & (~0u << _pathEntries[level] << 1);
        }

        for (; level > 0; level--)
        {
            node = Step(level, node, BitOperations.TrailingZeroCount(allowed));
            allowed = SizesAtLeast(node, size);
        }

        return Found(node, BitOperations.TrailingZeroCount(allowed));
    }

    /// <summary>The highest hole that starts below <paramref name="below"/> and has at least <paramref name="size"/> bytes.</summary>
    /// <returns>The hole's entry; 0 when there is none.</returns>
    public int FindLast(ulong below, ulong size)
    {
        int level = 0;
        int node;
        uint allowed;
        if (below == ulong.MaxValue)
        {
            level = _levels - 1;
            node = _root;
            allowed = SizesAtLeast(node, size);
        }
        else
        {
            node = Descend(below);
            allowed = StartsBelow(node, below) & SizesAtLeast(node, size);
        }

        while (allowed == 0)
        {
            if (++level >= _levels)
            {
                return 0;
            }

            node = _pathNodes[level];
            allowed = SizesAtLeast(node, size) & ((1u << _pathEntries[level]) - 1);
        }

        for (; level > 0; level--)
        {
            node = Step(level, node, BitOperations.Log2(allowed));
            allowed = SizesAtLeast(node, size);
        }

        return Found(node, BitOperations.Log2(allowed));
    }

    /// <summary>Null, or what is wrong. Cost: O(holes).</summary>
    public string? Validate(HoleTable table)
    {
        int count = 0;
        ulong end = 0;
        string? fault = ValidateNode(table, _root, _levels - 1, 0, ref end, ref count);
        return fault ?? (count == table.Count ? null : $"The address index finds {count} of {table.Count} holes.");
    }

    /// <summary>Bits of the entries whose number in <paramref name="field"/> is at least <paramref name="bound"/>.</summary>
    private static uint AtLeast(ulong[] field, int node, ulong bound)
    {
        // Invariant: the span has Width entries, and every load below is of whole vectors inside it.
        ref ulong entries = ref MemoryMarshal.GetReference(field.AsSpan(node * Width, Width));
        uint below = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> bounds = Vector512.Create(bound);
            for (int i = 0; i < Width; i += Vector512<ulong>.Count)
            {
                Vector512<ulong> part = Vector512.LoadUnsafe(ref entries, (uint)i);
                below |= (uint)Vector512.LessThan(part, bounds).ExtractMostSignificantBits() << i;
            }

            return ~below;
        }

        // With the highest bit turned over numbers compare signed as they did unsigned, which is one instruction.
        Vector256<long> turn = Vector256.Create(long.MinValue);
        Vector256<long> turned = Vector256.Create(unchecked((long)bound)) ^ turn;
        for (int i = 0; i < Width; i += Vector256<long>.Count)
        {
            Vector256<long> part = Vector256.LoadUnsafe(ref entries, (uint)i).AsInt64() ^ turn;
            below |= Vector256.GreaterThan(turned, part).ExtractMostSignificantBits() << i;
        }

        return ~below;
    }

    private int Step(int level, int node, int entry)
    {
        _pathNodes[level] = node;
        _pathEntries[level] = entry;
        return _children[(node * Width) + entry];
    }

    private int Found(int leaf, int entry)
    {
        _foundLeaf = leaf;
        _foundEntry = entry;
        _sought = ulong.MaxValue;
        return _children[(leaf * Width) + entry];
    }

    private uint SizesAtLeast(int node, ulong size) => AtLeast(_sizes, node, size);

    private uint StartsBelow(int node, ulong start) => ~AtLeast(_starts, node, start);

    /// <summary>The entry whose subtree holds <paramref name="start"/>, or would hold it: the last that starts no later.</summary>
    private int ChildFor(int node, ulong start)
    {
        // Offsets of holes are below the highest number, so this sum does not wrap for any that is in the tree.
        int behind = start == ulong.MaxValue ? _counts[node] : BitOperations.PopCount(StartsBelow(node, start + 1));
        return behind == 0 ? 0 : behind - 1;
    }

    private ulong LargestOf(int node)
    {
        ReadOnlySpan<ulong> sizes = _sizes.AsSpan(node * Width, Width);
        Vector256<ulong> largest = Vector256.Create(sizes);
        for (int i = Vector256<ulong>.Count; i < Width; i += Vector256<ulong>.Count)
        {
            largest = Vector256.Max(largest, Vector256.Create(sizes[i..]));
        }

        Vector128<ulong> half = Vector128.Max(largest.GetLower(), largest.GetUpper());
        return Math.Max(half[0], half[1]);
    }

    private string? ValidateNode(HoleTable table, int node, int level, ulong bound, ref ulong end, ref int count)
    {
        for (int i = 0; i < Width; i++)
        {
            int at = (node * Width) + i;
            if (i >= _counts[node])
            {
                if (_starts[at] != ulong.MaxValue || _sizes[at] != 0)
                {
                    return "The address index has an unused entry that a search would find.";
                }

                continue;
            }

            string? fault = level == 0
                ? ValidateLeafEntry(table, at, bound, ref end, ref count)
                : ValidateInnerEntry(table, at, level, i == 0 ? bound : _starts[at], ref end, ref count);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private string? ValidateLeafEntry(HoleTable table, int at, ulong bound, ref ulong end, ref int count)
    {
        if (_starts[at] < end || _starts[at] < bound)
        {
            return $"The address index is out of order at offset {_starts[at]}.";
        }

        ref RangeHole hole = ref table.Holes[_children[at]];
        end = hole.End;
        count++;
        return hole.Start == _starts[at] && hole.Size == _sizes[at]
            ? null
            : $"The address index holds another hole than the table at offset {_starts[at]}.";
    }

    private string? ValidateInnerEntry(
        HoleTable table, int at, int level, ulong bound, ref ulong end, ref int count)
    {
        int child = _children[at];
        if (_counts[child] == 0 || _sizes[at] != LargestOf(child))
        {
            return $"The address index has an empty node or a wrong largest size at offset {_starts[at]}.";
        }

        return ValidateNode(table, child, level - 1, bound, ref end, ref count);
    }
}
