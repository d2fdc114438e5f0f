using System;
using System.Diagnostics;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>Exact ranges, the harder search for one run, and trimming.</summary>
public sealed partial class BuddyAllocator
{
    /// <summary>Gives back the ends of the one block of a list; the list then holds what is kept.</summary>
    /// <param name="newSizeBytes">Bytes to keep: a multiple of the chunk, more than 0, at most the block.</param>
    /// <param name="blocks">A list of exactly one block; receives the blocks that cover the kept run, ascending.</param>
    /// <returns>As the overload with a start.</returns>
    public MmStatus TryTrim(ulong newSizeBytes, ref BuddyBlockList blocks) =>
        TryTrimTo(startBytes: null, newSizeBytes, ref blocks);

    /// <summary>Gives back the ends of the one block of a list; the list then holds what is kept.</summary>
    /// <param name="startBytes">First byte to keep: inside the block, a multiple of the chunk.</param>
    /// <param name="newSizeBytes">Bytes to keep: a multiple of the chunk, more than 0, not beyond the block's end.</param>
    /// <param name="blocks">A list of exactly one block; receives the blocks that cover the kept run, ascending.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, also when the size is the block's own and nothing is done (its name then stays valid);
    /// <see cref="MmStatus.InvalidArgument"/> when the list is not one live block or the run is out of shape;
    /// <see cref="MmStatus.NoSpace"/> at the block limit. Failure leaves block and list untouched.
    /// </returns>
    public MmStatus TryTrim(ulong startBytes, ulong newSizeBytes, ref BuddyBlockList blocks) =>
        TryTrimTo(startBytes, newSizeBytes, ref blocks);

    private MmStatus TryTrimTo(ulong? startBytes, ulong newSizeBytes, ref BuddyBlockList blocks)
    {
        AssertInvariants();
        if (blocks.BlockCount != 1 || !_table.IsLive(blocks.Head) || !IsAlone(blocks.Head.Slot))
        {
            return MmStatus.InvalidArgument;
        }

        BuddyBlockInfo info = GetInfo(blocks.Head);
        ulong blockBytes = info.Range.SizeBytes;
        ulong chunkMask = ChunkBytes - 1;
        if (newSizeBytes == 0 || (newSizeBytes & chunkMask) != 0 || newSizeBytes > blockBytes)
        {
            return MmStatus.InvalidArgument;
        }

        if (newSizeBytes == blockBytes)
        {
            return MmStatus.Ok;
        }

        ulong keepBytes = startBytes ?? info.Range.StartBytes;
        if (keepBytes < info.Range.StartBytes || (keepBytes & chunkMask) != 0 ||
            keepBytes - info.Range.StartBytes > blockBytes - newSizeBytes)
        {
            return MmStatus.InvalidArgument;
        }

        ulong start = keepBytes >> _chunkShift;
        ulong end = start + (newSizeBytes >> _chunkShift);
        if (_table.SpareCount + 1 < CountPieces(start, end))
        {
            return MmStatus.NoSpace;
        }

        FreeBlockIndex free = info.IsCleared ? _cleared : _dirty;
        ulong blockStart = info.Range.StartBytes >> _chunkShift;
        ulong blockChunks = 1ul << info.Order;
        _table.Remove(blocks.Head.Slot);
        _freeChunks += blockChunks;
        _clearedChunks += info.IsCleared ? blockChunks : 0;
        blocks = default;

        // What is given back joins nothing: the buddy of each piece holds a part of what is kept.
        AddFreePieces(free, blockStart, start);
        TakePieces(free, start, end, ref blocks);
        AddFreePieces(free, end, blockStart + blockChunks);
        AssertInvariants();
        return MmStatus.Ok;
    }

    /// <summary>Takes an exact run, wholly free or not at all.</summary>
    private MmStatus TryTakeExact(ulong start, ulong sizeChunks, ref BuddyBlockList taken)
    {
        if (FreeRunEnd(start, start + sizeChunks) != start + sizeChunks)
        {
            return MmStatus.Overlap;
        }

        ulong end = start + sizeChunks;
        while (start < end)
        {
            bool covered = TryCover(start, out FreeBlockIndex free, out int order);
            Debug.Assert(covered, "The run was found free.");
            ulong blockStart = start >> order << order;
            ulong blockEnd = blockStart + (1ul << order);
            ulong takenEnd = Math.Min(blockEnd, end);
            if (_table.SpareCount < CountPieces(start, takenEnd))
            {
                UndoTake(taken);
                taken = default;
                return MmStatus.NoSpace;
            }

            free.Remove(order, start >> order);
            AddFreePieces(free, blockStart, start);
            TakePieces(free, start, takenEnd, ref taken);
            AddFreePieces(free, takenEnd, blockEnd);
            start = takenEnd;
        }

        return MmStatus.Ok;
    }

    /// <summary>
    /// Looks for one run that no single block holds: around each free block of the largest power of two below the size,
    /// first to its right, then as much as is missing to its left.
    /// </summary>
    /// <remarks>Cost: O(free blocks of that order * blocks in the run).</remarks>
    private MmStatus TryTakeHarder(in BuddyPlan plan, ref BuddyBlockList taken)
    {
        ulong sizeChunks = plan.SizeChunks;
        int order = BitOperations.Log2(sizeChunks);
        if (order == 0 || sizeChunks > _freeChunks)
        {
            return MmStatus.NoSpace;
        }

        FreeBlockIndex preferred = plan.Has(BuddyFlags.PreferCleared) ? _cleared : _dirty;
        return TryFindRun(preferred, plan, order, out ulong start) ||
            TryFindRun(OtherThan(preferred), plan, order, out start)
            ? TryTakeExact(start, sizeChunks, ref taken)
            : MmStatus.NoSpace;
    }

    private bool TryFindRun(FreeBlockIndex free, in BuddyPlan plan, int order, out ulong start)
    {
        ulong sizeChunks = plan.SizeChunks;
        ulong minChunks = 1ul << plan.AskedOrder;
        ulong limit = ulong.MaxValue >> order;
        while (free.TryHighestAtOrBelow(order, limit, out ulong index))
        {
            start = index << order;
            ulong mostEnd = start + Math.Min(sizeChunks, _chunkCount - start);
            ulong filled = FreeRunEnd(start, mostEnd) - start;
            if (filled < sizeChunks)
            {
                ulong missing = (sizeChunks - filled + minChunks - 1) & ~(minChunks - 1);
                bool fits = missing <= start && FreeRunEnd(start - missing, start) == start;
                start = fits ? start - missing : ulong.MaxValue;
            }

            if (start != ulong.MaxValue && (start & (minChunks - 1)) == 0)
            {
                return true;
            }

            if (index == 0)
            {
                break;
            }

            limit = index - 1;
        }

        start = 0;
        return false;
    }

    /// <summary>End of the free run that begins at a chunk, looked at up to a limit; the chunk itself when it is taken.</summary>
    private ulong FreeRunEnd(ulong start, ulong limit)
    {
        while (start < limit && TryCover(start, out _, out int order))
        {
            start = ((start >> order) + 1) << order;
        }

        return Math.Min(start, limit);
    }

    /// <summary>Finds the free block that a chunk lies in.</summary>
    private bool TryCover(ulong chunk, out FreeBlockIndex free, out int order)
    {
        free = _dirty;
        for (ulong orders = _dirty.NonEmptyOrders | _cleared.NonEmptyOrders; orders != 0; orders &= orders - 1)
        {
            order = BitOperations.TrailingZeroCount(orders);
            if (_dirty.Contains(order, chunk >> order))
            {
                return true;
            }

            if (_cleared.Contains(order, chunk >> order))
            {
                free = _cleared;
                return true;
            }
        }

        order = 0;
        return false;
    }
}
