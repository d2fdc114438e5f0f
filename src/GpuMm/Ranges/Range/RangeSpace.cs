namespace GpuMm.Ranges;

/// <summary>A <see cref="RangeAllocator"/> behind the seam of a resource manager: always one range for a request.</summary>
/// <remarks>
/// <see cref="SpaceFlags.TopDown"/> means <see cref="RangeMode.High"/>; flags about cleared bytes mean nothing here.
/// Source: ttm_range_manager.c, for this choice of modes.
/// </remarks>
public sealed class RangeSpace : ISpaceAllocator
{
    private readonly RangeMode _mode;

    /// <summary>A space that starts at 0.</summary>
    /// <param name="sizeBytes">Its size, at least 1.</param>
    /// <param name="mode">How requests that are not top-down choose their hole.</param>
    /// <param name="capacity">Live ranges to make room for at once.</param>
    public RangeSpace(ulong sizeBytes, RangeMode mode = RangeMode.Best, int capacity = 0)
    {
        _mode = mode;
        Allocator = new RangeAllocator(0, sizeBytes, capacity);
    }

    /// <summary>The allocator behind the seam, for what the seam does not offer.</summary>
    public RangeAllocator Allocator { get; }

    /// <inheritdoc/>
    public ulong SizeBytes => Allocator.SizeBytes;

    /// <inheritdoc/>
    public ulong FreeBytes => Allocator.FreeBytes;

    /// <inheritdoc/>
    public ulong LargestFreeBytes => Allocator.LargestHoleBytes;

    /// <inheritdoc/>
    public int LiveCount => Allocator.NodeCount;

    /// <inheritdoc/>
    public MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges)
    {
        System.Diagnostics.Debug.Assert(ranges.Count == 0, "The list for the answer is empty.");
        if (request.SizeBytes > SizeBytes || (request.EndBytes != 0 && request.StartBytes >= request.EndBytes))
        {
            return MmStatus.InvalidArgument;
        }

        RangeMode mode = (request.Flags & SpaceFlags.TopDown) == SpaceFlags.TopDown ? RangeMode.High : _mode;
        RangeRequest wanted = new(
            request.SizeBytes, request.AlignmentBytes, request.Color, request.StartBytes, request.EndBytes, mode);
        MmStatus status = Allocator.TryInsert(in wanted, out RangeHandle handle);
        if (status == MmStatus.Ok)
        {
            ranges.Add(new SpaceRange(Allocator.GetRange(handle), handle.Packed));
        }

        return status;
    }

    /// <inheritdoc/>
    public void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None)
    {
        for (int i = 0; i < ranges.Count; i++)
        {
            Allocator.Remove(new RangeHandle(ranges[i].Handle));
        }

        ranges.Clear();
    }

    /// <inheritdoc/>
    public string? Validate() => Allocator.Validate();
}
