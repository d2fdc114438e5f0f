using System;

namespace GpuMm.Paging;

/// <summary>Counts pages that were read or written through.</summary>
internal readonly struct AccessedCounter : IEntryVisitor
{
    public static bool TakesWholeGroups => false;

    public static int Huge(PageTableLeaf leaf, int pageCount) => (leaf.Huge & Pte.AccessedBit) != 0 ? pageCount : 0;

    public static int Small(PageTableLeaf leaf, Span<ulong> entries)
    {
        int count = 0;
        foreach (ulong entry in entries)
        {
            count += (entry & Pte.AccessedBit) != 0 ? 1 : 0;
        }

        return count;
    }
}
