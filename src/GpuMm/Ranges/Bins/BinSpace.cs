using System;
using System.Diagnostics;

namespace GpuMm.Ranges;

/// <summary>A <see cref="BinAllocator"/> behind the seam of a resource manager.</summary>
/// <remarks>
/// Always one range. Neither windows nor directions: a window that is not the whole space is
/// <see cref="MmStatus.InvalidArgument"/>, the other wishes and the colour are ignored.
/// </remarks>
public sealed class BinSpace : ISpaceAllocator
{
    private readonly BinAllocator _bins;

    /// <summary>Makes a space.</summary>
    /// <param name="sizeBytes">Size of the space; rounded down to whole units.</param>
    /// <param name="unitBytes">Granularity: a power of two.</param>
    /// <param name="maxLiveCount">Most live ranges.</param>
    /// <exception cref="ArgumentOutOfRangeException">As the constructor of <see cref="BinAllocator"/>.</exception>
    public BinSpace(ulong sizeBytes, ulong unitBytes = 4096, int maxLiveCount = BinAllocator.MaxLiveLimit)
    {
        _bins = new BinAllocator(sizeBytes, unitBytes, maxLiveCount);
    }

    /// <inheritdoc/>
    public ulong SizeBytes => _bins.SizeBytes;

    /// <inheritdoc/>
    public ulong FreeBytes => _bins.FreeBytes;

    /// <inheritdoc/>
    public ulong LargestFreeBytes => _bins.LargestFreeBytes;

    /// <inheritdoc/>
    public int LiveCount => _bins.LiveCount;

    /// <inheritdoc/>
    public MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges)
    {
        Debug.Assert(ranges.Count == 0, "The list that receives the ranges is empty.");
        if (request.StartBytes != 0 || (request.EndBytes != 0 && request.EndBytes != SizeBytes))
        {
            return MmStatus.InvalidArgument;
        }

        MmStatus status = _bins.TryAllocate(
            request.SizeBytes, request.AlignmentBytes, out BinBlock block, out ulong offsetBytes);
        if (status == MmStatus.Ok)
        {
            ulong sizeBytes = _bins.GetRange(block).SizeBytes;
            ranges.Add(new SpaceRange(new ByteRange(offsetBytes, sizeBytes), block.Packed));
        }

        return status;
    }

    /// <inheritdoc/>
    public void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None)
    {
        if (ranges.Count != 0)
        {
            Debug.Assert(ranges.Count == 1, "Bins give out one range at a time.");
            _bins.Free(new BinBlock(ranges[0].Handle));
            ranges.Clear();
        }
    }

    /// <inheritdoc/>
    public string? Validate() => _bins.Validate();
}
