using System;
using GpuMm.Backing;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The pages of system RAM that objects may use. Lock: its own, at the rank of a resource manager.</summary>
internal sealed class SystemPages(ISpaceAllocator allocator, MemoryBacking backing)
{
    private readonly RankedLock _lock = new(LockRank.ResourceManager);

    public ulong UsedBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return allocator.SizeBytes - allocator.FreeBytes;
        }
    }

    public ulong PeakBytes { get; private set; }

    /// <summary>Takes pages, in several runs when no hole is large enough.</summary>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <param name="clear">Whether they must read as zero.</param>
    /// <param name="into">Empty; receives the runs, stays empty on failure.</param>
    public MmStatus TryTake(ulong sizeBytes, bool clear, ref RangeList into)
    {
        using (_lock.Enter())
        {
            if (sizeBytes > allocator.FreeBytes)
            {
                return MmStatus.OutOfMemory;
            }

            TakeLocked(sizeBytes, ref into);
            PeakBytes = Math.Max(PeakBytes, allocator.SizeBytes - allocator.FreeBytes);
        }

        // Outside the lock: the pages are ours, and clearing is slow.
        if (clear)
        {
            for (int i = 0; i < into.Count; i++)
            {
                backing.Clear(into[i].Range.StartBytes, into[i].Range.SizeBytes);
            }
        }

        return MmStatus.Ok;
    }

    public void Give(ref RangeList pages)
    {
        using RankedLock.Scope scope = _lock.Enter();
        allocator.Release(ref pages);
    }

    public string? Validate()
    {
        using RankedLock.Scope scope = _lock.Enter();
        return allocator.Validate();
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
                pieceBytes = Pages.Bytes((Pages.Count(pieceBytes) + 1) / 2);
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
