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
/// the model's TLB shoot-down. Memory: 4 KiB per 2 MiB of addresses ever touched, plus directories.
/// </remarks>
internal sealed class PageTable(PhysicalMemory memory)
{
    // 3 directory levels * 9 bits + 9 bits of leaf + 12 bits of page = 48 bits of address.
    public const int AddressBits = 48;
    private const int LevelBits = 9;
    private const int RootShift = PageTableLeaf.Bits + (2 * LevelBits);
    private const ulong LevelMask = (1 << LevelBits) - 1;

    private readonly RankedLock _growLock = new(LockRank.PageTable);
    private readonly PageTableLeaf?[]?[]?[] _root = new PageTableLeaf?[]?[]?[1 << LevelBits]; // Lock: _growLock to grow
    private PageTableLeaf? _lastLeaf; // A hint; leaves live as long as the table, so any value is right or unused.

    /// <summary>Copies bytes out, up to the first missing entry or the end of the leaf.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives the bytes.</param>
    /// <param name="first">The entry of the first page, when the answer is not 0.</param>
    /// <returns>Bytes copied, all in one memory; 0 when the first page has no entry.</returns>
    public int ReadHits(ulong address, Span<byte> into, out Pte first)
    {
        first = default;
        PageTableLeaf? leaf = FindLeaf(address >> Pages.Shift);
        if (leaf is null)
        {
            return 0;
        }

        int done = 0;
        LockOrder.BeforeWait(LockRank.PageTable);
        lock (leaf)
        {
            while (TryStep(leaf, address, into.Length, done, Pte.AccessedBit, ref first, out Pte pte, out int count))
            {
                memory.Read(pte.Frame, (address + (ulong)done) % Pages.SizeBytes, into.Slice(done, count));
                done += count;
            }
        }

        return done;
    }

    /// <summary>Copies bytes in, up to the first missing or read-only entry or the end of the leaf.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes.</param>
    /// <param name="first">The entry of the first page, when the answer is not 0.</param>
    /// <returns>Bytes copied, all in one memory; 0 when the first page cannot be written.</returns>
    public int WriteHits(ulong address, ReadOnlySpan<byte> from, out Pte first)
    {
        const ulong Used = Pte.AccessedBit | Pte.DirtyBit;
        first = default;
        PageTableLeaf? leaf = FindLeaf(address >> Pages.Shift);
        if (leaf is null)
        {
            return 0;
        }

        int done = 0;
        LockOrder.BeforeWait(LockRank.PageTable);
        lock (leaf)
        {
            while (TryStep(leaf, address, from.Length, done, Used, ref first, out Pte pte, out int count))
            {
                memory.Write(pte.Frame, (address + (ulong)done) % Pages.SizeBytes, from.Slice(done, count));
                done += count;
            }
        }

        return done;
    }

    /// <summary>The entry of a page; empty where there is none.</summary>
    /// <param name="page">Virtual page.</param>
    public Pte Find(ulong page)
    {
        PageTableLeaf? leaf = FindLeaf(page);
        if (leaf is null)
        {
            return default;
        }

        lock (leaf)
        {
            return new Pte(leaf.Entries[page & PageTableLeaf.IndexMask]);
        }
    }

    /// <summary>Inserts entries for consecutive pages and frames; present ones are kept.</summary>
    /// <param name="page">First virtual page.</param>
    /// <param name="first">The entry of that page; the next one names the next frame.</param>
    /// <param name="pageCount">Number of pages.</param>
    public void Insert(ulong page, Pte first, int pageCount)
    {
        ulong packed = first.Packed;
        while (pageCount > 0)
        {
            PageTableLeaf leaf = FindLeaf(page) ?? AddLeaf(page);
            int index = (int)(page & PageTableLeaf.IndexMask);
            int count = Math.Min(pageCount, PageTableLeaf.EntryCount - index);
            LockOrder.BeforeWait(LockRank.PageTable);
            lock (leaf)
            {
                Span<ulong> entries = leaf.Entries.AsSpan(index, count);
                foreach (ref ulong entry in entries)
                {
                    if ((entry & Pte.PresentBit) == 0)
                    {
                        entry = packed;
                        leaf.PresentCount++;
                    }

                    packed += 1ul << Pte.FrameShift;
                }
            }

            page += (ulong)count;
            pageCount -= count;
        }
    }

    /// <summary>Removes the entries of a run of pages.</summary>
    /// <param name="page">First virtual page.</param>
    /// <param name="pageCount">Number of pages.</param>
    /// <returns>How many were present.</returns>
    public int Zap(ulong page, ulong pageCount)
    {
        int zapped = 0;
        while (pageCount > 0)
        {
            int index = (int)(page & PageTableLeaf.IndexMask);
            int count = (int)Math.Min(pageCount, (ulong)(PageTableLeaf.EntryCount - index));
            PageTableLeaf? leaf = FindLeaf(page);
            if (leaf is not null)
            {
                LockOrder.BeforeWait(LockRank.PageTable);
                lock (leaf)
                {
                    zapped += ZapLocked(leaf, index, count);
                }
            }

            page += (ulong)count;
            pageCount -= (ulong)count;
        }

        return zapped;
    }

    private static int ZapLocked(PageTableLeaf leaf, int index, int count)
    {
        if (leaf.PresentCount == 0)
        {
            return 0;
        }

        Span<ulong> entries = leaf.Entries.AsSpan(index, count);
        int present = 0;
        foreach (ulong entry in entries)
        {
            present += (int)(entry & Pte.PresentBit);
        }

        entries.Clear();
        leaf.PresentCount -= present;
        Debug.Assert(leaf.PresentCount >= 0, "A leaf has as many entries as were inserted.");
        return present;
    }

    private static bool TryStep(
        PageTableLeaf leaf, ulong address, int length, int done, ulong used, ref Pte first, out Pte pte, out int count)
    {
        ulong at = address + (ulong)done;
        ulong index = (at >> Pages.Shift) - leaf.FirstPage;
        if (done == length || index >= PageTableLeaf.EntryCount)
        {
            pte = default;
            count = 0;
            return false;
        }

        ref ulong entry = ref leaf.Entries[index];
        ulong needed = Pte.PresentBit | ((used & Pte.DirtyBit) != 0 ? Pte.WritableBit : 0);
        pte = new Pte(entry);
        count = (int)Math.Min((ulong)(length - done), Pages.SizeBytes - (at % Pages.SizeBytes));
        if ((entry & needed) != needed || (done != 0 && pte.Frame.MemoryIndex != first.Frame.MemoryIndex))
        {
            return false;
        }

        if ((entry & used) != used)
        {
            entry |= used;
        }

        if (done == 0)
        {
            first = pte;
        }

        return true;
    }

    private PageTableLeaf? FindLeaf(ulong page)
    {
        PageTableLeaf? leaf = Volatile.Read(ref _lastLeaf);
        if (leaf is not null && leaf.FirstPage == (page & ~PageTableLeaf.IndexMask))
        {
            return leaf;
        }

        ulong root = page >> RootShift;
        if (root >= (ulong)_root.Length)
        {
            return null;
        }

        PageTableLeaf?[]?[]? middle = Volatile.Read(ref _root[root]);
        PageTableLeaf?[]? last = middle is null ? null : Volatile.Read(ref middle[(page >> (PageTableLeaf.Bits + LevelBits)) & LevelMask]);
        leaf = last is null ? null : Volatile.Read(ref last[(page >> PageTableLeaf.Bits) & LevelMask]);
        if (leaf is not null)
        {
            Volatile.Write(ref _lastLeaf, leaf);
        }

        return leaf;
    }

    private PageTableLeaf AddLeaf(ulong page)
    {
        using RankedLock.Scope scope = _growLock.Enter();
        ref PageTableLeaf?[]?[]? middle = ref _root[page >> RootShift];
        if (middle is null)
        {
            Volatile.Write(ref middle, new PageTableLeaf?[1 << LevelBits][]);
        }

        ref PageTableLeaf?[]? last = ref middle![(page >> (PageTableLeaf.Bits + LevelBits)) & LevelMask];
        if (last is null)
        {
            Volatile.Write(ref last, new PageTableLeaf?[1 << LevelBits]);
        }

        ref PageTableLeaf? leaf = ref last![(page >> PageTableLeaf.Bits) & LevelMask];
        if (leaf is null)
        {
            Volatile.Write(ref leaf, new PageTableLeaf(page & ~PageTableLeaf.IndexMask));
        }

        return leaf!;
    }
}
