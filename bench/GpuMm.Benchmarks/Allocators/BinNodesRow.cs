using System.Collections.Generic;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>The constant-time allocator in its layout for sparse spaces, also where it would choose the other.</summary>
internal readonly struct BinNodesRow : IWorkloadAllocator<BinNodesRow, BinBlock>
{
    private const int UnitShift = 12;

    private readonly BinAllocator _bins;

    private BinNodesRow(ulong rangeUnits, int liveCount) =>
        _bins = new BinAllocator(rangeUnits << UnitShift, 1ul << UnitShift, liveCount);

    public long MetadataBytes => _bins.MetadataBytes;

    public ulong FreeUnits => _bins.FreeBytes >> UnitShift;

    public ulong LargestFreeUnits => _bins.LargestFreeBytes >> UnitShift;

    public static BinNodesRow Create(ulong rangeUnits, int liveCount) => new(rangeUnits, liveCount);

    public static bool IsLive(in BinBlock ticket) => !ticket.IsNone;

    public bool TryAllocate(uint sizeUnits, ref BinBlock ticket, out ulong offsetUnits)
    {
        MmStatus status = _bins.TryAllocate((ulong)sizeUnits << UnitShift, 1, out ticket, out ulong offsetBytes);
        offsetUnits = offsetBytes >> UnitShift;
        return status == MmStatus.Ok;
    }

    public void Free(ref BinBlock ticket)
    {
        _bins.Free(ticket);
        ticket = default;
    }

    public void Extents(in BinBlock ticket, List<(ulong Start, ulong Size)> extents)
    {
        ByteRange range = _bins.GetRange(ticket);
        extents.Add((range.StartBytes >> UnitShift, range.SizeBytes >> UnitShift));
    }

    public string? Validate() => _bins.Validate();
}
