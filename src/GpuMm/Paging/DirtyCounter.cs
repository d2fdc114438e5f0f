using System;

namespace GpuMm.Paging;

/// <summary>Counts pages that were written through.</summary>
internal readonly struct DirtyCounter : IEntryVisitor
{
    public static bool TakesWholeGroups => false;

    public static int Huge(PageTableLeaf leaf, int pageCount) => (leaf.Huge & Pte.DirtyBit) != 0 ? pageCount : 0;

    public static int Small(PageTableLeaf leaf, Span<ulong> entries)
    {
        int count = 0;
        foreach (ulong entry in entries)
        {
            count += (entry & Pte.DirtyBit) != 0 ? 1 : 0;
        }

        return count;
    }
}
