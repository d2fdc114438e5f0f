using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>
/// The layout of a <see cref="BinAllocator"/> whose blocks are a few units each: borders are bits, so that neighbours are
/// found and merged inside tables that stay in the cache, and only one count of 16 bits per unit lies beyond it.
/// </summary>
/// <remarks>
/// <para>
/// Two bits for each unit: "a piece (block or hole) starts here" and "the first or the last unit of a hole". The size of a
/// piece is the distance to the next border. One of more than 64 units is "long"; its size is noted besides, so that no
/// search is longer than a word. At most one long piece starts in a word, and at most one ends there.
/// </para>
/// <para>
/// Each class has a stack of units at which holes of that size started. Merging leaves the entries of what it swallows
/// where they are; whoever takes an entry looks whether such a hole still starts there. Counts of true holes keep the
/// bitmap of classes exact, so that the search for one never fails.
/// </para>
/// <para>
/// A name is the unit and, above it, a number of the allocator's own and how often a block has started at that unit, 16
/// bits each: a stale name is refused until 65,536 more blocks have started there.
/// </para>
/// <para>
/// The tables are reached without a check of the index: a pair of calls is a few hundred instructions, and while one
/// waits for memory the processor can only begin the next if it is not many more. Invariant: every unit was found in a
/// table or compared with the number of units; a debug build asserts that it lies inside.
/// </para>
/// </remarks>
internal sealed partial class DenseBins
{
    internal const uint UnitLimit = 1u << 28; // 512 MiB of counts
    internal const uint ShortMost = WordBits;

    private const int WordBits = 64;
    private const int WordShift = 6;

    private readonly uint _unitCount;
    private readonly uint _number; // of this allocator, in the upper half
    private readonly ushort[] _starts; // by unit: blocks that have started there
    private readonly ulong[] _words; // Word by word; one more at either end: both neighbours of a word can be read
    private readonly uint[] _long; // by word: size of the long piece that starts there, then of the long hole that ends there
    private readonly int _first; // index in _words of the word of unit 0

    internal DenseBins(uint unitCount, int expectedLiveCount)
    {
        Debug.Assert(unitCount <= UnitLimit, "The counts fit into one array.");
        _unitCount = unitCount;
        _number = (AllocatorIdentity.NextGenerationSalt() & 0xFFFF_0000u) | 0x0001_0000u;
        int wordCount = (int)(unitCount >> WordShift) + 3;
        _starts = GC.AllocateArray<ushort>((int)unitCount + 1, pinned: true);
        _words = GC.AllocateArray<ulong>((wordCount * 2) + 1, pinned: true);
        _long = new uint[wordCount * 2];
        HugePages.Advise(_starts);
        HugePages.Advise(_words);

        // At a multiple of 16 bytes, so that no word straddles two cache lines.
        nint words = Marshal.UnsafeAddrOfPinnedArrayElement(_words, 0);
        _first = words % 16 == 0 ? 2 : 3;
        MakeStacks(expectedLiveCount);
        WordOf(unitCount).Borders |= BitOf(unitCount); // the end of the last piece
        WordOf(0).Borders |= 1;
        AddHole(0, unitCount);
    }

    internal long MetadataBytes =>
        (2L * _starts.Length) + (8L * _words.Length) + (4L * _long.Length) + StackBytes;

    /// <summary>Takes a hole of exactly the wanted size, or the front of a larger one. The caller has checked the counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(uint size, out BinBlock block, out uint offset)
    {
        if (size >= BinClass.PerLevel || ((_smallClasses >> (int)size) & 1) == 0)
        {
            return TryTakeLarger(size, out block, out offset);
        }

        ref Stack stack = ref StackOf(size);
        uint start;
        do
        {
            start = PopEntry(ref stack);
        }
        while (!IsHole(ref WordOf(start), start, size));

        UncountSmall(size);
        WordOf(start).Holes &= ~BitOf(start);
        uint last = start + size - 1;
        WordOf(last).Holes &= ~BitOf(last);
        offset = start;
        block = new BinBlock(start, _number | NextStart(start));
        return true;
    }

    /// <summary>Frees a live block and merges it with free neighbours.</summary>
    /// <returns>Its size, or 0 when the name stands for no live block; then nothing has changed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint TryFree(BinBlock block)
    {
        uint start = block.Slot;
        if (start >= _unitCount || block.Generation != (_number | StartsAt(start)))
        {
            return 0;
        }

        ref Word word = ref WordOf(start);
        if ((((word.Borders & ~word.Holes) >> (int)start) & 1) == 0)
        {
            return 0;
        }

        ulong borders = BordersAfter(ref word, start);
        uint size = (uint)BitOperations.TrailingZeroCount(borders) + 1;
        uint end = start + size;
        uint before = unchecked(start - 1);

        // In spaces this full most freed blocks lie between live ones. What else there is costs a call, not every free.
        if (borders == 0 || (((WordOf(end).Holes >> (int)end) | (WordOf(before).Holes >> unchecked((int)before))) & 1) != 0)
        {
            return FreeAndMerge(start);
        }

        word.Holes |= BitOf(start);
        WordOf(end - 1).Holes |= BitOf(end - 1);
        Push(size, start);
        return size;
    }

    /// <summary>True when a name stands for a live block.</summary>
    internal bool IsLive(BinBlock block)
    {
        uint start = block.Slot;
        if (start >= _unitCount || block.Generation != (_number | StartsAt(start)))
        {
            return false;
        }

        ref Word word = ref WordOf(start);
        return (((word.Borders & ~word.Holes) >> (int)start) & 1) != 0;
    }

    private static ulong BitOf(uint unit) => 1ul << unchecked((int)unit);

    /// <summary>The borders at the 64 units behind one, the nearest in bit 0. Shifts by 64 and more are taken modulo 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BordersAfter(ref Word word, uint unit) =>
        (word.Borders >> (int)unit >> 1) | (Unsafe.Add(ref word, 1).Borders << ~(int)unit);

    /// <summary>The borders at the 64 units before one, the nearest in bit 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BordersBefore(ref Word word, uint unit) =>
        (word.Borders << ~(int)unit << 1) | (Unsafe.Add(ref word, -1).Borders >> (int)unit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HolesBefore(ref Word word, uint unit) =>
        (word.Holes << ~(int)unit << 1) | (Unsafe.Add(ref word, -1).Holes >> (int)unit);

    /// <summary>True when a hole of a size of at most 64 units starts at a unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHole(ref Word word, uint start, uint size)
    {
        uint isHole = (uint)(((word.Borders & word.Holes) >> (int)start) & 1);
        uint found = (uint)BitOperations.TrailingZeroCount(BordersAfter(ref word, start)) + 1; // 65 when the next is far
        return (isHole * found) == size;
    }

    /// <summary>Marks a hole whose border stands already, and puts it on the stack of its class.</summary>
    private void AddHole(uint start, uint size)
    {
        uint last = start + size - 1;
        WordOf(start).Holes |= BitOf(start);
        WordOf(last).Holes |= BitOf(last);
        if (size > ShortMost)
        {
            NoteLong(start, last, size);
        }

        Push((uint)BinClass.Of(size), start);
    }

    /// <summary>Counts one more block that starts at a unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint NextStart(uint start) => StartsAt(start) = unchecked((ushort)(StartsAt(start) + 1));

    /// <summary>The word of a unit; of -1 and of the unit behind the last as well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Word WordOf(uint unit)
    {
        Debug.Assert(unchecked(unit + 1) <= _unitCount + 1, "The unit lies in the space, or right beside it.");
        int index = _first + ((unchecked((int)unit) >> WordShift) * 2);
        return ref Unsafe.As<ulong, Word>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_words), index));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ushort StartsAt(uint unit)
    {
        Debug.Assert(unit < _unitCount, "The unit lies in the space.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_starts), unit);
    }

    /// <summary>Borders and holes of 64 units, side by side because they are read together.</summary>
    private struct Word
    {
        internal ulong Borders; // bit i: a piece starts at unit i
        internal ulong Holes; // bit i: unit i is the first or the last of a hole
    }
}
