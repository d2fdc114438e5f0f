using System;
using System.Diagnostics;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>
/// Gives out a space in blocks of a power of two of chunks, each at a multiple of its own size, and joins freed halves
/// again. Tracks which free blocks are known to be zero.
/// </summary>
/// <remarks>
/// <para>
/// Free space is at all times cut into the largest aligned blocks that are wholly free and of one state (cleared or
/// dirty). What was freed in any order therefore ends in the same blocks, and an allocation that fails half-way is undone
/// exactly by freeing what it took.
/// </para>
/// Lock: none, the caller serialises. Cost: O(log n) per block; no managed allocation, growth of the block table and
/// the bitmaps of cleared blocks, made when the first appears, aside.
/// Source: the contract of gpu_buddy of the kernel (formerly drm_buddy); the bitmap layout is our own.
/// </remarks>
public sealed partial class BuddyAllocator
{
    /// <summary>The smallest chunk, bytes.</summary>
    public const ulong MinChunkBytes = 4096;

    /// <summary>The largest possible order: 2^51 chunks of 4 KiB are half of the 64-bit space.</summary>
    public const int OrderLimit = 51; // 63 - log2(4096)

    /// <summary>Most blocks that may be live at once.</summary>
    public const int MaxBlockLimit = 1 << 28; // 3 GiB of block table; 4 from 2^29 chunks on

    private readonly FreeBlockIndex _dirty;
    private readonly FreeBlockIndex _cleared;
    private readonly BuddyBlockTable _table;
    private readonly int _chunkShift;
    private ulong _chunkCount;
    private ulong _freeChunks;
    private ulong _clearedChunks;

    /// <summary>Makes an allocator over [0, <paramref name="sizeBytes"/>), all of it free and dirty.</summary>
    /// <param name="sizeBytes">Size of the space; rounded down to whole chunks, at least one.</param>
    /// <param name="chunkBytes">The smallest block: a power of two, at least <see cref="MinChunkBytes"/>.</param>
    /// <param name="maxBlockCount">Most blocks live at once, up to <see cref="MaxBlockLimit"/>; beyond, allocations answer <see cref="MmStatus.NoSpace"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public BuddyAllocator(ulong sizeBytes, ulong chunkBytes = MinChunkBytes, int maxBlockCount = MaxBlockLimit)
    {
        if (!IsValid(sizeBytes, chunkBytes))
        {
            BuddyThrow.BadSpace(sizeBytes, chunkBytes);
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBlockCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBlockCount, MaxBlockLimit);
        _chunkShift = BitOperations.Log2(chunkBytes);
        _chunkCount = sizeBytes >> _chunkShift;
        _freeChunks = _chunkCount;
        MaxOrder = BitOperations.Log2(_chunkCount);
        _dirty = new FreeBlockIndex(_chunkCount, MaxOrder);
        _cleared = new FreeBlockIndex(_chunkCount, MaxOrder);
        _table = new BuddyBlockTable(_chunkCount, maxBlockCount);
        AddFreePieces(_dirty, 0, _chunkCount); // the roots: one per binary digit of the size, largest first
    }

    /// <summary>Size of the space, bytes.</summary>
    public ulong SizeBytes => _chunkCount << _chunkShift;

    /// <summary>Size of the smallest block, bytes.</summary>
    public ulong ChunkBytes => 1ul << _chunkShift;

    /// <summary>Bytes that are free.</summary>
    public ulong FreeBytes => _freeChunks << _chunkShift;

    /// <summary>Bytes that are free and known to be zero.</summary>
    public ulong ClearedFreeBytes => _clearedChunks << _chunkShift;

    /// <summary>Order of the largest root block.</summary>
    public int MaxOrder { get; }

    /// <summary>Number of root blocks: the binary digits of the size in chunks.</summary>
    public int RootCount => BitOperations.PopCount(_chunkCount);

    /// <summary>Number of live blocks.</summary>
    public int LiveBlockCount => _table.LiveCount;

    /// <summary>Bytes of managed memory that the tables and bitmaps hold.</summary>
    public long MetadataBytes => _dirty.MetadataBytes + _cleared.MetadataBytes + _table.MetadataBytes;

    /// <summary>Makes an allocator, or says that there cannot be one.</summary>
    /// <param name="sizeBytes">Size of the space; rounded down to whole chunks.</param>
    /// <param name="chunkBytes">The smallest block.</param>
    /// <param name="allocator">The allocator, or null on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, or <see cref="MmStatus.InvalidArgument"/> when the size is 0 or below the chunk, or the
    /// chunk is below <see cref="MinChunkBytes"/> or no power of two.
    /// </returns>
    public static MmStatus TryCreate(ulong sizeBytes, ulong chunkBytes, out BuddyAllocator? allocator)
    {
        bool valid = IsValid(sizeBytes, chunkBytes);
        allocator = valid ? new BuddyAllocator(sizeBytes, chunkBytes) : null;
        return valid ? MmStatus.Ok : MmStatus.InvalidArgument;
    }

    /// <summary>Takes space anywhere; see the overload with a window.</summary>
    /// <param name="sizeBytes">Bytes wanted, a multiple of the chunk.</param>
    /// <param name="minBlockBytes">Smallest block, and alignment: a power of two, at least the chunk.</param>
    /// <param name="flags">How to choose.</param>
    /// <param name="blocks">Receives the blocks at its end; unchanged on failure.</param>
    /// <returns>As the overload with a window.</returns>
    public MmStatus TryAllocate(ulong sizeBytes, ulong minBlockBytes, BuddyFlags flags, ref BuddyBlockList blocks) =>
        TryAllocate(0, SizeBytes, sizeBytes, minBlockBytes, flags, ref blocks);

    /// <summary>Takes space and appends its blocks to a list.</summary>
    /// <param name="startBytes">Start of the window, a multiple of the chunk.</param>
    /// <param name="endBytes">End of the window, a multiple of the chunk, at most the size of the space.</param>
    /// <param name="sizeBytes">
    /// Bytes wanted, a multiple of the chunk. A window of exactly this size names an exact range, whatever the flags.
    /// </param>
    /// <param name="minBlockBytes">
    /// Smallest block, a power of two and at least the chunk; other sizes are rounded up to it and trimmed afterwards. A
    /// smaller size that is a power of two becomes one block that starts at a multiple of it, without rounding.
    /// </param>
    /// <param name="flags">How to choose.</param>
    /// <param name="blocks">Receives the blocks at its end; unchanged on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when nothing fits now or the block limit is reached;
    /// <see cref="MmStatus.Overlap"/> when a part of an exact range is taken; <see cref="MmStatus.InvalidArgument"/> when
    /// an argument is out of shape or the rounded size exceeds the space or its largest root. Failure changes nothing.
    /// </returns>
    /// <exception cref="InvalidOperationException">The list is stale or belongs to another allocator.</exception>
    /// <remarks>
    /// Choice: blocks of the largest power of two first; for each, the preferred state first, then the smallest free block
    /// that is large enough, then the highest address; a split keeps the right half. When no block of the least order is
    /// left, neighbours of different states are joined (the result is dirty), no more of them than are needed.
    /// <see cref="BuddyFlags.Range"/> takes the lowest address of the window, or with
    /// <see cref="BuddyFlags.TopDown"/> the highest.
    /// </remarks>
    public MmStatus TryAllocate(
        ulong startBytes,
        ulong endBytes,
        ulong sizeBytes,
        ulong minBlockBytes,
        BuddyFlags flags,
        ref BuddyBlockList blocks)
    {
        AssertInvariants();
        VerifyEnds(blocks);
        if (!IsWellFormed(startBytes, endBytes, sizeBytes, minBlockBytes))
        {
            return MmStatus.InvalidArgument;
        }

        BuddyBlockList taken = default;
        MmStatus status;
        if (endBytes > startBytes && endBytes - startBytes == sizeBytes)
        {
            if (((startBytes | endBytes) & (minBlockBytes - 1)) != 0)
            {
                return MmStatus.InvalidArgument;
            }

            status = TryTakeExact(startBytes >> _chunkShift, sizeBytes >> _chunkShift, ref taken);
        }
        else
        {
            status = MmStatus.NoSpace;
            ulong left = sizeBytes >> _chunkShift;
            bool isPlain = (flags & ~BuddyFlags.KeepRounding) == BuddyFlags.None && (sizeBytes & (minBlockBytes - 1)) == 0;
            if (!isPlain || left <= _freeChunks)
            {
                left = isPlain ? TakePlain(left, out taken) : left;
                status = isPlain && left == 0
                    ? MmStatus.Ok
                    : TryTakeWithWishes(MakePlan(startBytes, endBytes, sizeBytes, minBlockBytes, flags), left, ref taken);
            }
        }

        if (status == MmStatus.Ok)
        {
            Splice(ref blocks, taken);
        }

        AssertInvariants();
        return status;
    }

    /// <summary>Takes what a plan asks for, if it is not too big, and looks harder for one run if it is to be one.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="left">Chunks of the request that are not taken yet, before it was rounded.</param>
    /// <param name="taken">What was taken; receives the rest.</param>
    private MmStatus TryTakeWithWishes(in BuddyPlan plan, ulong left, ref BuddyBlockList taken)
    {
        bool isTooBig = plan.RoundedChunks > _chunkCount;
        bool mayTryHarder = plan.Has(BuddyFlags.Contiguous) && !plan.Has(BuddyFlags.Range);
        if (isTooBig && !mayTryHarder)
        {
            return MmStatus.InvalidArgument;
        }

        MmStatus status = isTooBig || left > _freeChunks
            ? MmStatus.NoSpace
            : TryTake(plan, left + (plan.RoundedChunks - plan.SizeChunks), ref taken);
        return status == MmStatus.NoSpace && mayTryHarder ? TryTakeHarder(plan, ref taken) : status;
    }

    /// <summary>Frees every block of a list and empties it.</summary>
    /// <param name="blocks">The list.</param>
    /// <param name="isCleared">True when the bytes of all its blocks are known to be zero; false makes them dirty.</param>
    /// <exception cref="InvalidOperationException">The list is stale or belongs to another allocator; nothing is freed.</exception>
    public void Free(ref BuddyBlockList blocks, bool isCleared = false)
    {
        AssertInvariants();
        if (blocks.BlockCount != 0)
        {
            VerifyChain(blocks);
            FreeChain(blocks.Head.Slot, isCleared ? _cleared : _dirty);
            blocks = default;
        }

        AssertInvariants();
    }

    /// <summary>Frees one block that is in no list, or alone in one, and keeps what is known of its bytes.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidOperationException">The block is stale, foreign, or linked with others in a list.</exception>
    public void Free(BuddyBlock block)
    {
        VerifyAlone(block);
        FreeSlot(block.Slot, _table.PlaceOf(block.Slot).IsCleared ? _cleared : _dirty);
        AssertInvariants();
    }

    /// <summary>Frees one block that is in no list, or alone in one.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isCleared">True when its bytes are known to be zero.</param>
    /// <exception cref="InvalidOperationException">The block is stale, foreign, or linked with others in a list.</exception>
    public void Free(BuddyBlock block, bool isCleared)
    {
        VerifyAlone(block);
        FreeSlot(block.Slot, isCleared ? _cleared : _dirty);
        AssertInvariants();
    }

    private static bool IsValid(ulong sizeBytes, ulong chunkBytes) =>
        chunkBytes >= MinChunkBytes && BitOperations.IsPow2(chunkBytes) && sizeBytes >= chunkBytes;

    private bool IsWellFormed(ulong startBytes, ulong endBytes, ulong sizeBytes, ulong minBlockBytes)
    {
        ulong chunkBytes = ChunkBytes;
        ulong spaceBytes = SizeBytes;
        return sizeBytes >= chunkBytes && minBlockBytes >= chunkBytes && BitOperations.IsPow2(minBlockBytes) &&
            ((startBytes | endBytes | sizeBytes) & (chunkBytes - 1)) == 0 && endBytes <= spaceBytes &&
            startBytes < spaceBytes && sizeBytes <= spaceBytes - startBytes;
    }

    /// <summary>Rounds the request. No sum overflows: there are at most 2^52 chunks.</summary>
    private BuddyPlan MakePlan(ulong startBytes, ulong endBytes, ulong sizeBytes, ulong minBlockBytes, BuddyFlags flags)
    {
        ulong sizeChunks = sizeBytes >> _chunkShift;
        ulong minChunks = minBlockBytes >> _chunkShift;
        int alignOrder = BitOperations.Log2(minChunks);
        ulong rounded;
        if ((flags & BuddyFlags.Contiguous) != BuddyFlags.None)
        {
            rounded = BitOperations.RoundUpToPowerOf2(sizeChunks);
            alignOrder = Math.Max(alignOrder, BitOperations.Log2(rounded));
        }
        else if (sizeChunks < minChunks && BitOperations.IsPow2(sizeChunks))
        {
            rounded = sizeChunks;
        }
        else
        {
            rounded = (sizeChunks + minChunks - 1) & ~(minChunks - 1);
            return Plan(rounded, alignOrder);
        }

        return Plan(rounded, BitOperations.Log2(rounded));

        BuddyPlan Plan(ulong roundedChunks, int minOrder) => new(
            startBytes >> _chunkShift,
            endBytes >> _chunkShift,
            sizeChunks,
            roundedChunks,
            minOrder,
            alignOrder,
            BitOperations.Log2(minChunks),
            flags);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_freeChunks <= _chunkCount, "No more is free than there is.");
        Debug.Assert(_clearedChunks <= _freeChunks, "Cleared space is free space.");
        Debug.Assert(_clearedChunks == 0 || _cleared.NonEmptyOrders != 0, "Cleared space lies in cleared blocks.");
        Debug.Assert(_freeChunks == _clearedChunks || _dirty.NonEmptyOrders != 0, "Dirty space lies in dirty blocks.");
    }
}
