using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>Every allocator the runner knows. A new one is a struct in a file of its own and a line here.</summary>
internal static class AllocatorRows
{
    public static readonly AllocatorRow[] All =
    [
        AllocatorRow.Of<RangeFit<BestMode>, RangeHandle>("best"),
        AllocatorRow.Of<RangeFit<LowMode>, RangeHandle>("low"),
        AllocatorRow.Of<RangeFit<HighMode>, RangeHandle>("high"),
        AllocatorRow.Of<RangeFit<EvictMode>, RangeHandle>("evict"),
        AllocatorRow.Of<SortedSetFit, SortedSetFit.Ticket>("sorted-set"),
        AllocatorRow.Of<BuddyRow, BuddyBlockList>("buddy"),
        AllocatorRow.Of<BuddyContiguousRow, BuddyBlockList>("buddy-contig"),
        AllocatorRow.Of<BinRow, BinBlock>("bins"),
        AllocatorRow.Of<BinNodesRow, BinBlock>("bins-nodes"),
    ];
}
