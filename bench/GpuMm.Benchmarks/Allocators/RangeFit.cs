using System.Collections.Generic;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>The range allocator in one mode; addresses in units.</summary>
internal readonly struct RangeFit<TMode> : IWorkloadAllocator<RangeFit<TMode>, RangeHandle>
    where TMode : struct, IRangeFitMode
{
    private readonly RangeAllocator _allocator;

    private RangeFit(ulong rangeUnits, int liveCount) => _allocator = new RangeAllocator(0, rangeUnits, liveCount);

    public long MetadataBytes => _allocator.MetadataBytes;

    public ulong FreeUnits => _allocator.FreeBytes;

    public ulong LargestFreeUnits => _allocator.LargestHoleBytes;

    public static RangeFit<TMode> Create(ulong rangeUnits, int liveCount) => new(rangeUnits, liveCount);

    public static bool IsLive(in RangeHandle ticket) => !ticket.IsNone;

    public bool TryAllocate(uint sizeUnits, ref RangeHandle ticket, out ulong offsetUnits)
    {
        RangeRequest request = new(sizeUnits, Mode: TMode.Mode);
        if (_allocator.TryInsert(in request, out ticket) != MmStatus.Ok)
        {
            offsetUnits = 0;
            return false;
        }

        offsetUnits = _allocator.GetRange(ticket).StartBytes;
        return true;
    }

    public void Free(ref RangeHandle ticket)
    {
        _allocator.Remove(ticket);
        ticket = default;
    }

    public void Extents(in RangeHandle ticket, List<(ulong Start, ulong Size)> extents)
    {
        ByteRange range = _allocator.GetRange(ticket);
        extents.Add((range.StartBytes, range.SizeBytes));
    }

    public string? Validate() => _allocator.Validate();
}
