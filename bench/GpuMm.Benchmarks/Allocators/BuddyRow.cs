using System.Collections.Generic;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>The buddy allocator, scattered: an allocation is as many blocks as its size has binary digits.</summary>
internal readonly struct BuddyRow : IWorkloadAllocator<BuddyRow, BuddyBlockList>
{
    private const int UnitShift = 12; // 4 KiB

    private readonly BuddyAllocator _buddy;

    private BuddyRow(ulong rangeUnits) => _buddy = new BuddyAllocator(rangeUnits << UnitShift);

    public long MetadataBytes => _buddy.MetadataBytes;

    public ulong FreeUnits => _buddy.FreeBytes >> UnitShift;

    public ulong LargestFreeUnits => _buddy.LargestFreeBytes() >> UnitShift;

    public static BuddyRow Create(ulong rangeUnits, int liveCount) => new(rangeUnits);

    public static bool IsLive(in BuddyBlockList ticket) => ticket.Count != 0;

    public bool TryAllocate(uint sizeUnits, ref BuddyBlockList ticket, out ulong offsetUnits)
    {
        MmStatus status = _buddy.TryAllocate(
            (ulong)sizeUnits << UnitShift, BuddyAllocator.MinChunkBytes, BuddyFlags.None, ref ticket);
        offsetUnits = status == MmStatus.Ok ? _buddy.GetInfo(ticket.First).Range.StartBytes >> UnitShift : 0;
        return status == MmStatus.Ok;
    }

    public void Free(ref BuddyBlockList ticket) => _buddy.Free(ref ticket);

    public void Extents(in BuddyBlockList ticket, List<(ulong Start, ulong Size)> extents)
    {
        foreach (BuddyBlockInfo info in _buddy.Blocks(ticket))
        {
            extents.Add((info.Range.StartBytes >> UnitShift, info.Range.SizeBytes >> UnitShift));
        }
    }

    public string? Validate() => _buddy.Validate();
}
