using System;
using System.Diagnostics;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <content>Inserting, removing and changing entries.</content>
internal sealed partial class PageTable
{
    private const int GroupPages = 16; // 64 KiB of 4 KiB entries
    private const ulong GigaPages = 1ul << DirectoryShift;

    private int _directoryCount; // Lock: _growLock
    private int _filledLeaves; // Leaves that hold an array of entries

    /// <summary>Managed memory of leaves and directories, roughly.</summary>
    public ulong MemoryBytes => ((ulong)Volatile.Read(ref _filledLeaves) + (ulong)_directoryCount + 2) * 4096;

    /// <summary>Inserts entries for consecutive pages; present ones, large ones included, are kept.</summary>
    /// <param name="page">First virtual page.</param>
    /// <param name="first">The entry of that page; the next one names the next frame.</param>
    /// <param name="pageCount">Number of pages.</param>
    /// <param name="isSameFrame">Every page shows the first frame instead.</param>
    public void Insert(ulong page, Pte first, int pageCount, bool isSameFrame = false)
    {
        ulong packed = first.Packed;
        ulong step = isSameFrame ? 0 : _frameStep;
        while (pageCount > 0)
        {
            PageTableLeaf leaf = LeafFor(page);
            int index = (int)(page & PageTableLeaf.IndexMask);
            int count = Math.Min(pageCount, PageTableLeaf.EntryCount - index);
            LockOrder.BeforeWait(LockRank.PageTable);
            leaf.Enter();
            if (leaf.Huge == 0 && !IsUnderGiant(page))
            {
                FillLocked(leaf, index, count, packed, step);
            }

            leaf.Exit();
            packed += step * (ulong)count;
            page += (ulong)count;
            pageCount -= count;
        }
    }

    /// <summary>Inserts one entry if its place is empty and nothing was revoked since a sample was taken.</summary>
    /// <returns>False when something was revoked: what the entry names may be outdated.</returns>
    public bool TryInsertUnlessZapped(ulong page, Pte pte, AddressMapping mapping, ulong zapCount)
    {
        PageTableLeaf leaf = LeafFor(page);
        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();

        // Revoking counts first and takes this gate after: either the count differs here, or this entry is found there.
        bool isUnchanged = mapping.ZapCount == zapCount;
        if (isUnchanged && leaf.Huge == 0)
        {
            FillLocked(leaf, (int)(page & PageTableLeaf.IndexMask), 1, pte.Packed, 0);
        }

        leaf.Exit();
        return isUnchanged;
    }

    /// <summary>Inserts one large entry: 512 pages, or 512 * 512.</summary>
    /// <returns>False when any page under it has an entry already.</returns>
    public bool TryInsertHuge(ulong page, Pte first, ulong pageCount)
    {
        Debug.Assert(pageCount is PageTableLeaf.EntryCount or GigaPages, "There are two sizes of large entries.");
        Debug.Assert((page & (pageCount - 1)) == 0, "A large entry is aligned to its size.");
        if (pageCount == GigaPages)
        {
            return TryInsertGiant(page, first);
        }

        PageTableLeaf leaf = LeafFor(page);
        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();
        bool isFree = leaf.Huge == 0 && leaf.PresentCount == 0 && !IsUnderGiant(page);
        if (isFree)
        {
            DropEntriesLocked(leaf);
            leaf.Huge = first.Packed | Pte.HugeBit;
        }

        leaf.Exit();
        return isFree;
    }

    /// <summary>Removes the entries of a run of pages. A large entry, or a group of 64 KiB, goes as a whole.</summary>
    /// <param name="page">First virtual page.</param>
    /// <param name="pageCount">Number of pages.</param>
    /// <returns>How many pages were shown that are not any more.</returns>
    /// <remarks>Cost: O(leaves touched in the run + entries); stretches without any are skipped by directory.</remarks>
    public int Zap(ulong page, ulong pageCount) => Visit<Zapper>(page, pageCount);

    /// <summary>Takes the right to write from the entries of a run of pages.</summary>
    public int ProtectFromWrites(ulong page, ulong pageCount) => Visit<WriteProtector>(page, pageCount);

    /// <summary>Counts the pages that were read or written through, and forgets it.</summary>
    /// <param name="page">First virtual page.</param>
    /// <param name="pageCount">Number of pages.</param>
    /// <param name="isClearing">False only counts.</param>
    /// <param name="dirtyCount">Pages that were written.</param>
    /// <returns>Pages that were used.</returns>
    public int CountUsed(ulong page, ulong pageCount, bool isClearing, out int dirtyCount)
    {
        dirtyCount = Visit<DirtyCounter>(page, pageCount);
        int used = Visit<AccessedCounter>(page, pageCount);
        if (isClearing)
        {
            Visit<UsageCleaner>(page, pageCount);
        }

        return used;
    }

    /// <summary>Allows writes through an entry if it still names what it named.</summary>
    /// <returns>False when the entry changed.</returns>
    public bool TryMakeWritable(ulong page, Pte expected)
    {
        for (int level = 0; level < 2; level++)
        {
            PageTableLeaf? leaf = LeafAt(page, level);
            if (leaf is null)
            {
                continue;
            }

            leaf.Enter();
            Pte now = new(EntryLocked(leaf, page));
            bool isSame = now.IsPresent && now.Frame == expected.Frame;
            if (isSame && leaf.Huge != 0)
            {
                leaf.Huge |= Pte.WritableBit;
            }
            else if (isSame)
            {
                leaf.Entries[page & PageTableLeaf.IndexMask] |= Pte.WritableBit;
            }

            leaf.Exit();
            if (isSame)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryInsertGiant(ulong page, Pte first)
    {
        using RankedLock.Scope scope = _growLock.Enter();
        PageDirectory directory = DirectoryLocked(page);
        foreach (PageTableLeaf? leaf in directory.Leaves)
        {
            if (leaf is null)
            {
                continue;
            }

            leaf.Enter();
            bool isUsed = leaf.Huge != 0 || leaf.PresentCount != 0;
            leaf.Exit();
            if (isUsed)
            {
                return false;
            }
        }

        PageTableLeaf giant = directory.Giant ?? new PageTableLeaf(page, GigaPages);
        giant.Enter();
        bool isFree = giant.Huge == 0;
        if (isFree)
        {
            giant.Huge = first.Packed | Pte.HugeBit;
        }

        giant.Exit();
        Volatile.Write(ref directory.Giant, giant);
        return isFree;
    }

    // Inserters of one range share the lock that they declared, so a large entry cannot appear between this look and
    // the insertion.
    private bool IsUnderGiant(ulong page) => LeafAt(page, 1) is { Huge: not 0 };

    private void FillLocked(PageTableLeaf leaf, int index, int count, ulong packed, ulong step)
    {
        if (leaf.Entries.Length == 0)
        {
            leaf.Entries = new ulong[PageTableLeaf.EntryCount];
            Interlocked.Increment(ref _filledLeaves);
        }

        foreach (ref ulong entry in leaf.Entries.AsSpan(index, count))
        {
            if ((entry & Pte.PresentBit) == 0)
            {
                entry = packed;
                leaf.PresentCount++;
            }

            packed += step;
        }
    }

    private void DropEntriesLocked(PageTableLeaf leaf)
    {
        if (leaf.Entries.Length != 0)
        {
            leaf.Entries = [];
            Interlocked.Decrement(ref _filledLeaves);
        }
    }

    private int Visit<TVisitor>(ulong page, ulong pageCount)
        where TVisitor : struct, IEntryVisitor
    {
        int sum = 0;
        ulong limit = (ulong)_root.Length << RootShift;
        ulong end = page >= limit ? page : page + Math.Min(pageCount, limit - page);
        while (page < end)
        {
            PageDirectory? directory = FindDirectory(page);
            ulong directoryEnd = Math.Min(end, (page | (GigaPages - 1)) + 1);
            if (directory is null)
            {
                page = directoryEnd;
                continue;
            }

            if (Volatile.Read(ref directory.Giant) is { } giant)
            {
                sum += VisitHuge<TVisitor>(giant, directoryEnd - page);
            }

            while (page < directoryEnd)
            {
                PageTableLeaf? leaf = Volatile.Read(ref directory.Leaves[(page >> PageTableLeaf.Bits) & LevelMask]);
                ulong leafEnd = Math.Min(directoryEnd, (page | PageTableLeaf.IndexMask) + 1);
                if (leaf is not null)
                {
                    sum += VisitHuge<TVisitor>(leaf, leafEnd - page);
                    sum += VisitSmall<TVisitor>(leaf, (int)(page & PageTableLeaf.IndexMask), (int)(leafEnd - page));
                }

                page = leafEnd;
            }
        }

        return sum;
    }

    private static int VisitHuge<TVisitor>(PageTableLeaf leaf, ulong pageCount)
        where TVisitor : struct, IEntryVisitor
    {
        if (Volatile.Read(ref leaf.Huge) == 0)
        {
            return 0; // Only who holds the declared lock makes it large, and the caller holds that lock.
        }

        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();
        int answer = leaf.Huge == 0 ? 0 : TVisitor.Huge(leaf, (int)Math.Min(pageCount, leaf.CoverPages));
        leaf.Exit();
        return answer;
    }

    private static int VisitSmall<TVisitor>(PageTableLeaf leaf, int index, int count)
        where TVisitor : struct, IEntryVisitor
    {
        LockOrder.BeforeWait(LockRank.PageTable);
        leaf.Enter();
        int answer = 0;
        if (leaf.PresentCount != 0)
        {
            answer = TVisitor.Small(
                leaf, TVisitor.TakesWholeGroups ? WholeGroups(leaf.Entries, index, count) : leaf.Entries.AsSpan(index, count));
        }

        leaf.Exit();
        return answer;
    }

    // Grows a run at both ends to whole groups of 64 KiB, where its edge cuts through one.
    private static Span<ulong> WholeGroups(ulong[] entries, int index, int count)
    {
        int end = index + count;
        if (index % GroupPages != 0 && (entries[index] & Pte.GroupBit) != 0)
        {
            index -= index % GroupPages;
        }

        if (end % GroupPages != 0 && (entries[end - 1] & Pte.GroupBit) != 0)
        {
            end += GroupPages - (end % GroupPages);
        }

        return entries.AsSpan(index, end - index);
    }
}
