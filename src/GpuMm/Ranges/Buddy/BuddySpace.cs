using System;
using System.Diagnostics;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>A <see cref="BuddyAllocator"/> behind the seam of a resource manager.</summary>
/// <remarks>
/// Sizes are rounded up to chunks. An alignment must be a power of two; above the chunk it is the least block, so that
/// every range starts at a multiple of it. Blocks that follow each other are handed out as one range. A window that is
/// not the whole space is a window of the buddy request; the colour is ignored.
/// </remarks>
public sealed class BuddySpace : ISpaceAllocator
{
    private readonly BuddyAllocator _buddy;

    /// <summary>Makes a space.</summary>
    /// <param name="sizeBytes">Size of the space; rounded down to whole chunks.</param>
    /// <param name="chunkBytes">The smallest block.</param>
    /// <exception cref="ArgumentOutOfRangeException">As the constructor of <see cref="BuddyAllocator"/>.</exception>
    public BuddySpace(ulong sizeBytes, ulong chunkBytes = BuddyAllocator.MinChunkBytes)
    {
        _buddy = new BuddyAllocator(sizeBytes, chunkBytes);
    }

    /// <inheritdoc/>
    public ulong SizeBytes => _buddy.SizeBytes;

    /// <inheritdoc/>
    public ulong FreeBytes => _buddy.FreeBytes;

    /// <inheritdoc/>
    public ulong LargestFreeBytes => _buddy.LargestFreeBytes();

    /// <inheritdoc/>
    public int LiveCount { get; private set; }

    /// <inheritdoc/>
    public MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges)
    {
        Debug.Assert(ranges.Count == 0, "The list that receives the ranges is empty.");
        ulong end = request.EndBytes == 0 ? SizeBytes : request.EndBytes;
        ulong chunkMask = _buddy.ChunkBytes - 1;
        if (request.SizeBytes > SizeBytes || request.StartBytes >= end ||
            (request.AlignmentBytes != 0 && !BitOperations.IsPow2(request.AlignmentBytes)))
        {
            return MmStatus.InvalidArgument;
        }

        bool isWindow = request.StartBytes != 0 || end != SizeBytes;
        ulong size = (request.SizeBytes + chunkMask) & ~chunkMask;
        BuddyFlags flags = (isWindow ? BuddyFlags.Range : BuddyFlags.None) |
            (Has(request, SpaceFlags.Contiguous) ? BuddyFlags.Contiguous : BuddyFlags.None) |
            (Has(request, SpaceFlags.TopDown) ? BuddyFlags.TopDown : BuddyFlags.None) |
            (Has(request, SpaceFlags.PreferCleared) ? BuddyFlags.PreferCleared : BuddyFlags.None);
        BuddyBlockList blocks = default;
        MmStatus status = _buddy.TryAllocate(
            request.StartBytes, end, size, Math.Max(_buddy.ChunkBytes, request.AlignmentBytes), flags, ref blocks);
        if (status == MmStatus.Ok)
        {
            FillRuns(ref blocks, ref ranges);
        }

        // An exact range that is taken is, to a manager, a window without room.
        return status == MmStatus.Overlap ? MmStatus.NoSpace : status;
    }

    /// <inheritdoc/>
    public void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None)
    {
        for (int i = 0; i < ranges.Count; i++)
        {
            _buddy.VerifyHead(new BuddyBlock(ranges[i].Handle));
        }

        for (int i = 0; i < ranges.Count; i++)
        {
            _buddy.FreeFrom(new BuddyBlock(ranges[i].Handle), (flags & SpaceFlags.Cleared) != SpaceFlags.None);
            LiveCount--;
        }

        ranges.Clear();
    }

    /// <inheritdoc/>
    public string? Validate() => _buddy.Validate();

    private static bool Has(in SpaceRequest request, SpaceFlags flag) => (request.Flags & flag) != SpaceFlags.None;

    /// <summary>One range per run of blocks that follow each other; its handle is the first block, which leads the rest.</summary>
    private void FillRuns(ref BuddyBlockList blocks, ref RangeList ranges)
    {
        while (blocks.Count != 0)
        {
            BuddyBlockList run = default;
            ByteRange range = _buddy.GetInfo(blocks.First).Range;
            ulong end = range.StartBytes;
            do
            {
                end += _buddy.GetInfo(blocks.First).Range.SizeBytes;
                _buddy.Append(ref run, _buddy.TakeFirst(ref blocks));
            }
            while (blocks.Count != 0 && _buddy.GetInfo(blocks.First).Range.StartBytes == end);

            ranges.Add(new SpaceRange(new ByteRange(range.StartBytes, end - range.StartBytes), run.First.Packed));
            LiveCount++;
        }
    }
}
