using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>The stacks of the classes: chunks of four cache lines in a common array.</summary>
internal sealed partial class DenseBins
{
    private const int ChunkEntries = 64; // entry 0 links to the entry below the chunk's first, or to the next spare chunk
    private const uint NoEntry = ChunkEntries - 1; // the last entry of chunk 0, which no stack uses
    private const int MinChunks = 8;

    private readonly Stack[] _stacks = new Stack[BinClass.Count];
    private ulong _smallClasses; // bit i: class i, below 64, has a hole
    private BinMask _mask = new(); // the other classes
    private uint[] _entries = [];
    private uint _spareChunk; // stack of spare chunks through their links; 0 ends it
    private uint _madeChunks = 1;
    private int _usedChunks;

    private long StackBytes => (4L * _entries.Length) + (8L * _stacks.Length) + _mask.MetadataBytes;

    /// <summary>The highest class that has a hole; one must.</summary>
    private int HighestClass => _mask.IsEmpty ? BitOperations.Log2(_smallClasses) : _mask.Highest;

    private void MakeStacks(int expectedLiveCount)
    {
        Array.Fill(_stacks, new Stack { Top = NoEntry });
        _entries = new uint[(Math.Max(MinChunks, expectedLiveCount / ChunkEntries) + 1) * ChunkEntries];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Stack StackOf(uint bin)
    {
        Debug.Assert(bin < BinClass.Count, "A size has a class.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_stacks), bin);
    }

    private ref Stack StackOf(int bin) => ref StackOf((uint)bin);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint EntryAt(uint entry)
    {
        Debug.Assert(entry < (uint)_entries.Length, "The entry lies in a chunk.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), entry);
    }

    /// <summary>The lowest class from one upward that has a hole, or <see cref="BinMask.None"/>.</summary>
    private int FirstClassFrom(int bin)
    {
        ulong small = bin < BinClass.PerLevel ? _smallClasses & (ulong.MaxValue << bin) : 0;
        return small != 0 ? BitOperations.TrailingZeroCount(small) : _mask.FirstFrom(bin);
    }

    private bool HasClass(int bin) =>
        bin < BinClass.PerLevel ? ((_smallClasses >> bin) & 1) != 0 : _mask.Has(bin);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetClass(int bin)
    {
        if (bin < BinClass.PerLevel)
        {
            _smallClasses |= 1ul << bin;
        }
        else
        {
            _mask.Set(bin);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearClass(int bin)
    {
        if (bin < BinClass.PerLevel)
        {
            _smallClasses &= ~(1ul << bin);
        }
        else
        {
            _mask.Clear(bin);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(uint bin, uint start)
    {
        ref Stack stack = ref StackOf(bin);
        if (stack.Count++ == 0)
        {
            SetClass((int)bin);
        }

        PushEntry(ref stack, start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PushEntry(ref Stack stack, uint start)
    {
        uint entry = stack.Top + 1;
        if (entry % ChunkEntries == 0)
        {
            entry = TakeChunk(ref stack);
        }

        EntryAt(entry) = start;
        stack.Top = entry;
    }

    /// <summary>One true hole less in a class of at most 64 units; class 0 stands for "no hole".</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UncountSmall(uint size)
    {
        Debug.Assert(size <= ShortMost, "The size is the number of its class.");
        ref int count = ref StackOf(size).Count;
        count = unchecked(count - 1);
        if (count == 0)
        {
            ClearClass((int)size);
        }
    }

    private void Uncount(int bin)
    {
        if (--_stacks[bin].Count == 0)
        {
            ClearClass(bin);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint PopEntry(ref Stack stack)
    {
        uint entry = stack.Top;
        Debug.Assert(entry != NoEntry, "The class has a hole, so its stack has an entry.");
        uint start = EntryAt(entry);
        entry--;
        stack.Top = entry % ChunkEntries != 0 ? entry : ReturnChunk(entry);
        return start;
    }

    /// <summary>Takes entries from a stack until one stands for a hole. The class counts one, so there is one.</summary>
    private uint PopHole(int bin, out uint size)
    {
        ref Stack stack = ref StackOf(bin);
        uint start;
        do
        {
            start = PopEntry(ref stack);
            size = HoleAt(start);
        }
        while (BinClass.Of(size) != bin);

        return start;
    }

    /// <summary>Takes the hole that was put on a stack last, if it is large enough.</summary>
    private bool TryTakeTop(int bin, uint least, out uint start, out uint size)
    {
        start = 0;
        size = 0;
        if (!HasClass(bin))
        {
            return false;
        }

        start = PopHole(bin, out size);
        if (size >= least)
        {
            return true;
        }

        PushEntry(ref StackOf(bin), start);
        return false;
    }

    /// <summary>Looks at every hole of some classes for one that holds a size at an alignment.</summary>
    private bool TrySearch(int first, int end, uint size, ulong alignment, out uint start, out uint holeSize)
    {
        for (int bin = first; bin < end; bin++)
        {
            if (!HasClass(bin))
            {
                continue;
            }

            for (uint entry = _stacks[bin].Top; entry != NoEntry; entry = EntryBelow(entry))
            {
                start = _entries[entry];
                holeSize = HoleAt(start);
                ulong padding = unchecked(0 - (ulong)start) & (alignment - 1);
                if (BinClass.Of(holeSize) == bin && padding + size <= holeSize)
                {
                    return true;
                }
            }
        }

        start = 0;
        holeSize = 0;
        return false;
    }

    private uint EntryBelow(uint entry)
    {
        entry--;
        return entry % ChunkEntries != 0 ? entry : _entries[entry];
    }

    /// <summary>Starts a chunk on a stack whose top chunk is full, and answers its first entry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint TakeChunk(ref Stack stack)
    {
        if (_spareChunk == 0 && _madeChunks == _entries.Length / ChunkEntries)
        {
            MakeRoom();
            uint next = stack.Top + 1;
            if (next % ChunkEntries != 0)
            {
                return next;
            }
        }

        uint chunk = _spareChunk;
        if (chunk != 0)
        {
            _spareChunk = _entries[chunk * ChunkEntries];
        }
        else
        {
            chunk = _madeChunks++;
        }

        _usedChunks++;
        _entries[chunk * ChunkEntries] = stack.Top;
        return (chunk * ChunkEntries) + 1;
    }

    /// <summary>Gives a chunk back whose first entry was taken, and answers the entry below it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint ReturnChunk(uint link)
    {
        uint below = _entries[link];
        _entries[link] = _spareChunk;
        _spareChunk = link / ChunkEntries;
        _usedChunks--;
        return below;
    }

    /// <summary>
    /// Drops the entries that stand for no hole any more, and makes the array larger when the holes alone fill half of
    /// it: at least that many entries are pushed before it is needed again.
    /// </summary>
    private void MakeRoom()
    {
        for (int bin = 0; bin < _stacks.Length; bin++)
        {
            if (_stacks[bin].Top != NoEntry)
            {
                Sift(bin);
            }
        }

        if (_usedChunks > _entries.Length / (2 * ChunkEntries))
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }
    }

    /// <summary>Keeps one entry for each hole of a class. Each chunk is returned before another may be needed.</summary>
    private void Sift(int bin)
    {
        ref Stack stack = ref StackOf(bin);
        Span<uint> starts = stackalloc uint[ChunkEntries];
        uint entry = stack.Top;
        stack.Top = NoEntry;
        while (entry != NoEntry)
        {
            int count = 0;
            while (entry % ChunkEntries != 0)
            {
                starts[count++] = _entries[entry--];
            }

            entry = ReturnChunk(entry);
            for (int i = 0; i < count; i++)
            {
                if (BinClass.Of(HoleAt(starts[i])) == bin)
                {
                    WordOf(starts[i]).Holes ^= BitOf(starts[i]); // seen: a second entry for the same hole is not kept
                    PushEntry(ref stack, starts[i]);
                }
            }
        }

        for (entry = stack.Top; entry != NoEntry; entry = EntryBelow(entry))
        {
            WordOf(_entries[entry]).Holes ^= BitOf(_entries[entry]);
        }
    }

    /// <summary>Together, because every use needs both.</summary>
    private struct Stack
    {
        internal uint Top; // the entry that was pushed last, or NoEntry
        internal int Count; // holes of the class; entries that stand for none are not counted
    }
}
