using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>
/// Which blocks of a buddy space are free: one bit per possible block, and summaries that find the highest and the lowest
/// block of an order without a search.
/// </summary>
/// <remarks>
/// <para>
/// A block is (order, index): it covers chunks [index &lt;&lt; order, (index + 1) &lt;&lt; order). Six orders share a
/// tier. A tier's record is two words and holds all blocks of its six orders inside one group of 64 blocks of the lowest:
/// the merges and splits of small blocks, most of all traffic, so stay inside one cache line.
/// </para>
/// <para>Record: word 0 = 64 blocks of the lowest order; word 1 = 32 of the next, 16, 8, 4, 2, two bits unused.</para>
/// <para>
/// Summary of an order: level 0 has one bit per group, every further level one bit per word of the level below. All orders
/// have as many levels as the lowest needs, and updates go through all of them without a branch: where freed blocks lie is
/// random, and a wrong guess costs more than the writes.
/// </para>
/// <para>
/// Words that are not 0 lie in a hash table while they are few, and above <see cref="MaxFlatChunkCount"/> chunks always;
/// otherwise all words lie in one array.
/// </para>
/// Lock: none, the caller serialises. Cost: O(log64 of the space) per call; no managed allocation but for the growth of the
/// hash table and the one step from it to the array.
/// </remarks>
internal sealed partial class FreeBlockBitmap
{
    internal const ulong MaxFlatChunkCount = 1ul << 28; // 2 bits * 2^28 + 1/32 = 66 MiB that stay untouched until used

    private const int TierOrders = 6;

    // The array of all words is worth its memory when the hash table would take a fourth of it.
    private const int FlatOverSparseBytes = 4;

    private readonly ulong _wordCount;
    private readonly bool _mayBeFlat;
    private ulong[] _flat = [];
    private SparseWords? _sparse;
    private readonly OrderLayout[] _layouts;
    private readonly int _levelCount;
    private readonly ulong[] _levelBases; // [order * _levelCount + level]: first word of that summary level

    internal FreeBlockBitmap(ulong chunkCount, int maxOrder)
    {
        MaxOrder = maxOrder;
        _layouts = new OrderLayout[maxOrder + 1];
        _levelCount = LevelsFor(chunkCount);
        _levelBases = new ulong[(maxOrder + 1) * _levelCount];
        _wordCount = LayOut(chunkCount);
        _mayBeFlat = chunkCount <= MaxFlatChunkCount;
    }

    internal int MaxOrder { get; }

    /// <summary>Bit k is set when a block of order k is free.</summary>
    internal ulong NonEmptyOrders { get; private set; }

    internal long MetadataBytes => (8L * (_flat.LongLength + _levelBases.Length)) + (_sparse?.MetadataBytes ?? 0);

    private bool HasNoWords => _sparse is null && _flat.Length == 0;

    internal bool Contains(int order, ulong index)
    {
        if (NonEmptyOrders == 0)
        {
            return false;
        }

        ref readonly OrderLayout layout = ref _layouts[order];
        return (Read(layout.WordOf(index)) & layout.BitOf(index)) != 0;
    }

    internal void Add(int order, ulong index)
    {
        if (NonEmptyOrders == 0 && HasNoWords)
        {
            MakeWords();
        }

        ref readonly OrderLayout layout = ref _layouts[order];
        ulong at = layout.WordOf(index);
        ulong word = Read(at);
        Debug.Assert((word & layout.BitOf(index)) == 0, "A block is freed once.");
        Write(at, word | layout.BitOf(index));
        MarkGroup(order, index >> layout.GroupShift);
        if (_sparse is not null && _mayBeFlat && _sparse.MetadataBytes > (long)_wordCount * sizeof(ulong) / FlatOverSparseBytes)
        {
            MakeFlat();
        }
    }

    /// <summary>Takes a block out if it is free.</summary>
    /// <returns>False when it was not there.</returns>
    internal bool TryRemove(int order, ulong index)
    {
        if (NonEmptyOrders == 0)
        {
            return false;
        }

        ref readonly OrderLayout layout = ref _layouts[order];
        ulong at = layout.WordOf(index);
        ulong word = Read(at);
        ulong bit = layout.BitOf(index);
        if ((word & bit) == 0)
        {
            return false;
        }

        word ^= bit;
        Write(at, word);
        UnmarkGroup(order, index >> layout.GroupShift, (word & layout.FieldMask) == 0);
        return true;
    }

    internal void Remove(int order, ulong index)
    {
        bool removed = TryRemove(order, index);
        Debug.Assert(removed, "The block that is taken was free.");
    }

    /// <summary>The free block of an order with the highest address.</summary>
    /// <param name="order">An order that <see cref="NonEmptyOrders"/> names.</param>
    internal ulong Highest(int order)
    {
        Debug.Assert((NonEmptyOrders & (1ul << order)) != 0, "The order has a free block.");
        ReadOnlySpan<ulong> bases = _levelBases.AsSpan(order * _levelCount, _levelCount);
        ref readonly OrderLayout layout = ref _layouts[order];
        ulong group = 0;
        if (_sparse is null)
        {
            ulong[] flat = _flat;
            for (int level = bases.Length - 1; level >= 0; level--)
            {
                group = (group << 6) + (uint)BitOperations.Log2(flat[(int)(bases[level] + group)]);
            }

            return layout.IndexOf(group, BitOperations.Log2(flat[(int)layout.WordOfGroup(group)] & layout.FieldMask));
        }

        for (int level = bases.Length - 1; level >= 0; level--)
        {
            group = (group << 6) + (uint)BitOperations.Log2(Read(bases[level] + group));
        }

        ulong field = Read(layout.WordOfGroup(group)) & layout.FieldMask;
        return layout.IndexOf(group, BitOperations.Log2(field));
    }

    /// <summary>The highest free block of an order whose index is at most a limit.</summary>
    internal bool TryHighestAtOrBelow(int order, ulong limit, out ulong index)
    {
        ref readonly OrderLayout layout = ref _layouts[order];
        index = 0;
        if ((NonEmptyOrders & (1ul << order)) == 0)
        {
            return false;
        }

        ulong group = Math.Min(limit >> layout.GroupShift, layout.GroupCount - 1);
        ulong field = Read(layout.WordOfGroup(group)) & layout.FieldMask;
        if (limit >> layout.GroupShift == group)
        {
            field &= ulong.MaxValue >> (63 - BitOperations.Log2(layout.BitOf(limit)));
        }

        if (field == 0)
        {
            if (group == 0 || !TryHighestGroup(order, group - 1, out group))
            {
                return false;
            }

            field = Read(layout.WordOfGroup(group)) & layout.FieldMask;
        }

        index = layout.IndexOf(group, BitOperations.Log2(field));
        return true;
    }

    /// <summary>The lowest free block of an order whose index is at least a limit.</summary>
    internal bool TryLowestAtOrAbove(int order, ulong limit, out ulong index)
    {
        ref readonly OrderLayout layout = ref _layouts[order];
        index = 0;
        ulong group = limit >> layout.GroupShift;
        if ((NonEmptyOrders & (1ul << order)) == 0 || group >= layout.GroupCount)
        {
            return false;
        }

        ulong field = Read(layout.WordOfGroup(group)) & layout.FieldMask & ~(layout.BitOf(limit) - 1);
        if (field == 0)
        {
            if (group + 1 == layout.GroupCount || !TryLowestGroup(order, group + 1, out group))
            {
                return false;
            }

            field = Read(layout.WordOfGroup(group)) & layout.FieldMask;
        }

        index = layout.IndexOf(group, BitOperations.TrailingZeroCount(field));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeWords()
    {
        _sparse = new SparseWords();
        if (_mayBeFlat && _sparse.MetadataBytes > (long)_wordCount * sizeof(ulong) / FlatOverSparseBytes)
        {
            MakeFlat();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeFlat()
    {
        Debug.Assert(_sparse is not null, "The words lay in the hash table.");
        _flat = HugePages.Make<ulong>((int)_wordCount);
        _sparse.CopyTo(_flat);
        _sparse = null;
    }

    private ulong Read(ulong at) => _sparse is null ? _flat[(int)at] : _sparse.Read(at);

    private void Write(ulong at, ulong word)
    {
        if (_sparse is null)
        {
            _flat[(int)at] = word;
        }
        else
        {
            _sparse.Write(at, word);
        }
    }

    /// <summary>Where the blocks of one order lie in the words.</summary>
    private struct OrderLayout
    {
        internal ulong RecordBase; // of word 0 or word 1 of the tier's first record
        internal ulong GroupCount;
        internal ulong LocalMask;
        internal ulong FieldMask;
        internal int GroupShift;
        internal int FieldShift;

        internal readonly ulong WordOf(ulong index) => WordOfGroup(index >> GroupShift);

        internal readonly ulong WordOfGroup(ulong group) => RecordBase + (group * 2);

        internal readonly ulong BitOf(ulong index) => 1ul << ((int)(index & LocalMask) + FieldShift);

        internal readonly ulong IndexOf(ulong group, int bit) => (group << GroupShift) + (uint)(bit - FieldShift);
    }
}
