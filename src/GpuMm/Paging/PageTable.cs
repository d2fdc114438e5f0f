using System;
using System.Diagnostics;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>Maps virtual pages to <see cref="Pte"/>s: three levels of directories and the leaves.</summary>
/// <remarks>
/// Locks: each leaf has its own; directories only grow, so they are read without one and grown under one. An access copies
/// its bytes while it holds the leaf, so once <see cref="Zap"/> returns nobody is still using an entry it removed; that is
/// the model's TLB shoot-down. Memory: 4 KiB per leaf ever filled with small entries, plus directories.
/// </remarks>
internal sealed partial class PageTable
{
    // 3 directory levels * 9 bits + 9 bits of leaf + 12 bits of page = 48 bits of address.
    public const int AddressBits = 48;
    private const int LevelBits = 9;
    private const int DirectoryShift = PageTableLeaf.Bits + LevelBits;
    private const int RootShift = DirectoryShift + LevelBits;
    private const ulong LevelMask = (1 << LevelBits) - 1;
    private const int HintBits = 6;
    private const int HintCount = 1 << HintBits;

    private readonly PhysicalMemory _memory;
    private readonly int _shift; // Bits of an address inside a base page: 12, 14 or 16
    private readonly ulong _frameStep; // What the next page's entry adds: 4 KiB frames in a base page, shifted into place
    private readonly RankedLock _growLock = new(LockRank.PageTable);
    private readonly PageDirectory?[]?[] _root = new PageDirectory?[]?[1 << LevelBits]; // Lock: _growLock to grow

    // Hints; leaves live as long as the table, so any value is right or unused. Many, so that threads at work on
    // different leaves do not write the same one.
    private readonly PageTableLeaf?[] _hints = new PageTableLeaf?[HintCount];

    public PageTable(PhysicalMemory memory, int basePageShift = Pages.Shift)
    {
        _memory = memory;
        _shift = basePageShift;
        _frameStep = 1ul << (Pte.FrameShift + basePageShift - Pages.Shift);
    }

    /// <summary>Copies bytes out, up to the first missing entry or the end of the leaf.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives the bytes.</param>
    /// <param name="first">The entry of the first page, when the answer is not 0.</param>
    /// <returns>Bytes copied, all in one memory; 0 when the first page has no entry.</returns>
    public int ReadHits(ulong address, Span<byte> into, out Pte first)
    {
        PageTableLeaf? hint = HintOf(address >> _shift);
        if (hint is not null)
        {
            int count = ReadLeaf(hint, address, into, out first);
            if (count != 0)
            {
                return count;
            }
        }

        first = default;
        for (int level = 0; level < 2; level++)
        {
            PageTableLeaf? leaf = LeafAt(address >> _shift, level);
            int count = leaf is null || ReferenceEquals(leaf, hint) ? 0 : ReadLeaf(leaf, address, into, out first);
            if (count != 0)
            {
                Remember(leaf!, address >> _shift);
                return count;
            }
        }

        return 0;
    }

    /// <summary>Copies bytes in, up to the first missing or read-only entry or the end of the leaf.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes.</param>
    /// <param name="first">The entry of the first page, when the answer is not 0.</param>
    /// <returns>Bytes copied, all in one memory; 0 when the first page cannot be written.</returns>
    public int WriteHits(ulong address, ReadOnlySpan<byte> from, out Pte first)
    {
        PageTableLeaf? hint = HintOf(address >> _shift);
        if (hint is not null)
        {
            int count = WriteLeaf(hint, address, from, out first);
            if (count != 0)
            {
                return count;
            }
        }

        first = default;
        for (int level = 0; level < 2; level++)
        {
            PageTableLeaf? leaf = LeafAt(address >> _shift, level);
            int count = leaf is null || ReferenceEquals(leaf, hint) ? 0 : WriteLeaf(leaf, address, from, out first);
            if (count != 0)
            {
                Remember(leaf!, address >> _shift);
                return count;
            }
        }

        return 0;
    }

    /// <summary>The entry of a page; empty where there is none. Under a large entry, what a small one would be.</summary>
    /// <param name="page">Virtual page.</param>
    public Pte Find(ulong page)
    {
        for (int level = 0; level < 2; level++)
        {
            PageTableLeaf? leaf = LeafAt(page, level);
            if (leaf is null)
            {
                continue;
            }

            leaf.Enter();
            ulong entry = EntryLocked(leaf, page);
            leaf.Exit();
            if ((entry & Pte.PresentBit) != 0)
            {
                return new Pte(entry);
            }
        }

        return default;
    }

    private static ulong EntryLocked(PageTableLeaf leaf, ulong page)
    {
        ulong index = page - leaf.FirstPage;
        return index < (ulong)leaf.Entries.Length ? leaf.Entries[index]
            : leaf.Huge == 0 ? 0
            : leaf.Huge + (index << Pte.FrameShift);
    }

    private int ReadLeaf(PageTableLeaf leaf, ulong address, Span<byte> into, out Pte first)
    {
        first = default;
        int done = 0;
        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();
        try
        {
            while (TryStep(leaf, address, into.Length, done, Pte.AccessedBit, ref first, out Pte pte, out int count, out ulong offset))
            {
                _memory.Read(pte.Frame, offset, into.Slice(done, count));
                done += count;
                if (done == into.Length)
                {
                    break;
                }
            }
        }
        finally
        {
            leaf.Exit();
        }

        return done;
    }

    private int WriteLeaf(PageTableLeaf leaf, ulong address, ReadOnlySpan<byte> from, out Pte first)
    {
        const ulong Used = Pte.AccessedBit | Pte.DirtyBit;
        first = default;
        int done = 0;
        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();
        try
        {
            while (TryStep(leaf, address, from.Length, done, Used, ref first, out Pte pte, out int count, out ulong offset))
            {
                _memory.Write(pte.Frame, offset, from.Slice(done, count));
                done += count;
                if (done == from.Length)
                {
                    break;
                }
            }
        }
        finally
        {
            leaf.Exit();
        }

        return done;
    }

    private bool TryStep(
        PageTableLeaf leaf, ulong address, int length, int done, ulong used, ref Pte first, out Pte pte, out int count, out ulong offset)
    {
        ulong at = address + (ulong)done;
        ulong index = (at >> _shift) - leaf.FirstPage;
        pte = default;
        count = 0;
        offset = 0;
        if (index != 0 && !leaf.Covers(at >> _shift))
        {
            return false;
        }

        ref ulong slot = ref leaf.Huge;
        ulong step = index << Pte.FrameShift;
        if (index < (ulong)leaf.Entries.Length)
        {
            slot = ref leaf.Entries[index];
            step = 0;
        }

        ulong entry = slot;
        ulong needed = Pte.PresentBit | ((used & Pte.DirtyBit) != 0 ? Pte.WritableBit : 0);
        if ((entry & needed) != needed)
        {
            return false;
        }

        pte = new Pte(entry + step);
        if (done != 0 && pte.Frame.MemoryIndex != first.Frame.MemoryIndex)
        {
            return false;
        }

        // A sub-page entry shows one hardware page again and again, so only the low bits of the address count.
        ulong window = (entry & Pte.SubPageBit) != 0 ? Pages.SizeBytes : 1ul << _shift;
        offset = at & (window - 1);
        count = (int)Math.Min((ulong)(length - done), window - offset);
        if ((entry & used) != used)
        {
            slot |= used;
        }

        if (done == 0)
        {
            first = pte;
        }

        return true;
    }

    private PageTableLeaf? HintOf(ulong page)
    {
        PageTableLeaf? hint = Volatile.Read(ref _hints[HintIndex(page)]);
        return hint is not null && hint.Covers(page) ? hint : null;
    }

    private void Remember(PageTableLeaf leaf, ulong page) =>
        Volatile.Write(ref _hints[HintIndex(page)], leaf);

    // Folded, so that two threads that walk through objects in step do not take turns at one hint.
    private static int HintIndex(ulong page)
    {
        ulong leaf = page >> PageTableLeaf.Bits;
        return (int)((leaf ^ (leaf >> HintBits) ^ (leaf >> (2 * HintBits))) & (HintCount - 1));
    }

    private PageDirectory? FindDirectory(ulong page)
    {
        ulong root = page >> RootShift;
        PageDirectory?[]? middle = root < (ulong)_root.Length ? Volatile.Read(ref _root[root]) : null;
        return middle is null ? null : Volatile.Read(ref middle[(page >> DirectoryShift) & LevelMask]);
    }

    // Level 0: the leaf of small entries and of 2 MiB; level 1: the leaf of 1 GiB.
    private PageTableLeaf? LeafAt(ulong page, int level)
    {
        PageDirectory? directory = FindDirectory(page);
        return directory is null ? null
            : level == 0 ? Volatile.Read(ref directory.Leaves[(page >> PageTableLeaf.Bits) & LevelMask])
            : Volatile.Read(ref directory.Giant);
    }

    private PageTableLeaf LeafFor(ulong page)
    {
        PageTableLeaf? hint = HintOf(page);
        if (hint is not null && hint.CoverPages == PageTableLeaf.EntryCount)
        {
            return hint;
        }

        PageTableLeaf leaf = LeafAt(page, 0) ?? AddLeaf(page);
        Remember(leaf, page);
        return leaf;
    }

    private PageDirectory DirectoryLocked(ulong page)
    {
        _growLock.AssertHeld();
        Debug.Assert(page >> RootShift < (ulong)_root.Length, "The page lies inside the addresses of the table.");
        ref PageDirectory?[]? middle = ref _root[page >> RootShift];
        if (middle is null)
        {
            Volatile.Write(ref middle, new PageDirectory?[1 << LevelBits]);
        }

        ref PageDirectory? directory = ref middle![(page >> DirectoryShift) & LevelMask];
        if (directory is null)
        {
            Volatile.Write(ref directory, new PageDirectory());
            _directoryCount++;
        }

        return directory!;
    }

    private PageTableLeaf AddLeaf(ulong page)
    {
        using RankedLock.Scope scope = _growLock.Enter();
        ref PageTableLeaf? leaf = ref DirectoryLocked(page).Leaves[(page >> PageTableLeaf.Bits) & LevelMask];
        if (leaf is null)
        {
            Volatile.Write(ref leaf, new PageTableLeaf(page & ~PageTableLeaf.IndexMask, PageTableLeaf.EntryCount));
        }

        return leaf!;
    }
}
