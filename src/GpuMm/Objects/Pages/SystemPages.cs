using System;
using System.Numerics;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The pages of system RAM that objects may use. Lock: its own, at the rank of a resource manager.</summary>
/// <param name="allocator">Gives out the pages.</param>
/// <param name="backing">Their bytes.</param>
/// <param name="pool">Keeps freed pages; null for none.</param>
internal sealed partial class SystemPages(ISpaceAllocator allocator, MemoryBacking backing, PagePool? pool = null)
{
    private readonly RankedLock _lock = new(LockRank.ResourceManager);
    private ulong _changes; // Lock: _lock
    private ulong _giveCount; // Lock: _lock; read without it
    private ulong _takenBytes; // Lock: _lock; read without it; at the last taking, what is kept apart included

    // Runs are cut only on the way to the swap store, which pages without a place do not have.
    private RangeAllocator Runs => ((RangeSpace)allocator).Allocator;

    /// <summary>Keeps freed pages, or null. Lock: this one's.</summary>
    public PagePool? Pool => pool;

    /// <summary>Bytes that objects hold; what the pool keeps is not among them.</summary>
    public ulong UsedBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return UsedLocked();
        }
    }

    /// <summary>Grows with every taking and giving of pages.</summary>
    public ulong Changes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return unchecked(_changes + ShelfChanges());
        }
    }

    /// <summary>How often pages were given back: when it differs, a search that found none may find some now.</summary>
    public ulong GiveCount => Volatile.Read(ref _giveCount);

    public ulong PeakBytes { get; private set; }

    /// <summary>One thread alone will use it.</summary>
    public void KeepToOneThread() => _lock.KeepToOneThread();

    /// <summary>Takes pages, in several runs when no hole is large enough.</summary>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <param name="caching">How the CPU will map them.</param>
    /// <param name="clear">Whether they must read as zero.</param>
    /// <param name="into">Empty; receives the runs, stays empty on failure.</param>
    public MmStatus TryTake(ulong sizeBytes, Caching caching, bool clear, ref RangeList into)
    {
        RangeList dirty = default;
        if (!TryTakeOwn(sizeBytes, ref into))
        {
            using RankedLock.Scope scope = _lock.Enter();
            _changes++;
            OpenOwnShelf();
            if (pool is not null)
            {
                MmStatus status = pool.TryTake(Pages.Count(sizeBytes), caching, ref into, ref dirty);
                if (status != MmStatus.Ok)
                {
                    return status;
                }
            }
            else if (!HasFree(sizeBytes))
            {
                return MmStatus.OutOfMemory;
            }
            else
            {
                TakeLocked(sizeBytes, ref into);
            }

            NotePeak();
        }

        // Outside the lock: the pages are ours, and clearing is slow.
        if (clear)
        {
            Clear(pool is null ? into : dirty);
        }

        return MmStatus.Ok;
    }

    public void Give(Caching caching, ref RangeList pages)
    {
        if (pool is not null && pool.IsPooled(caching))
        {
            Clear(pages);
        }

        if (TryKeep(pages))
        {
            pages.Clear();
            return;
        }

        using RankedLock.Scope scope = _lock.Enter();
        _changes++;
        OpenOwnShelf();
        Volatile.Write(ref _giveCount, unchecked(_giveCount + 1));
        if (pool is null)
        {
            allocator.Release(ref pages);
        }
        else
        {
            pool.Give(caching, ref pages);
        }
    }

    /// <summary>Splits the last run until it is one page, which can be given back alone.</summary>
    /// <param name="pages">What was taken; its pages and their order stay.</param>
    /// <returns><see cref="MmStatus.NoSpace"/> when the allocator has no name left for another run.</returns>
    /// <remarks>By halves, in powers of two, as the pool wants its chunks; so the runs before the last stay long.</remarks>
    public MmStatus TrySplitLastPage(ref RangeList pages)
    {
        using RankedLock.Scope scope = _lock.Enter();
        while (pages[pages.Count - 1].Range.SizeBytes > Pages.SizeBytes)
        {
            SpaceRange run = pages[pages.Count - 1];
            ulong headBytes = Pages.Bytes(1ul << BitOperations.Log2(Pages.Count(run.Range.SizeBytes) - 1));
            MmStatus status = Runs.TrySplit(new RangeHandle(run.Handle), headBytes, out RangeHandle tail);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            pages.RemoveLast();
            pages.Add(new SpaceRange(Runs.GetRange(new RangeHandle(run.Handle)), run.Handle));
            pages.Add(new SpaceRange(Runs.GetRange(tail), tail.Packed));
        }

        return MmStatus.Ok;
    }

    /// <summary>Empties the pool, as far as asked. Returns the pages that it gave up.</summary>
    public ulong ShrinkPool(ulong pageCount)
    {
        using RankedLock.Scope scope = _lock.Enter();
        return pool?.Shrink(pageCount) ?? 0;
    }

    public string? Validate()
    {
        using RankedLock.Scope scope = _lock.Enter();
        return allocator.Validate();
    }

    private ulong UsedLocked() =>
        allocator.SizeBytes - allocator.FreeBytes - (pool is null ? 0 : Pages.Bytes(pool.PageCount)) - Kept.KeptBytes;

    private bool HasFree(ulong sizeBytes)
    {
        if (sizeBytes > allocator.FreeBytes)
        {
            Kept.Close(_lock.Meetings);
        }

        return sizeBytes <= allocator.FreeBytes;
    }

    private void Clear(in RangeList pages)
    {
        for (int i = 0; i < pages.Count; i++)
        {
            backing.Clear(pages[i].Range.StartBytes, pages[i].Range.SizeBytes);
        }
    }

    private void TakeLocked(ulong sizeBytes, ref RangeList into)
    {
        ulong pieceBytes = sizeBytes;
        RangeList piece = default;
        while (sizeBytes > 0)
        {
            pieceBytes = Math.Min(pieceBytes, sizeBytes);
            if (allocator.TryAllocate(new SpaceRequest(pieceBytes, Pages.SizeBytes), ref piece) != MmStatus.Ok)
            {
                // Enough is free in all, and a page is the smallest hole there can be, so this ends.
                pieceBytes = !Kept.IsAnyOpen ? Pages.Bytes((Pages.Count(pieceBytes) + 1) / 2) : pieceBytes;
                Kept.Close(_lock.Meetings);
                continue;
            }

            for (int i = 0; i < piece.Count; i++)
            {
                into.Add(piece[i]);
            }

            piece.Clear();
            sizeBytes -= pieceBytes;
        }
    }
}
