using System;

namespace GpuMm.Paging;

/// <summary>Forbids writes; a large entry that is only partly meant is removed, so that the rest faults again.</summary>
internal readonly struct WriteProtector : IEntryVisitor
{
    public static int Huge(PageTableLeaf leaf, int pageCount)
    {
        leaf.Huge = (ulong)pageCount == leaf.CoverPages ? leaf.Huge & ~Pte.WritableBit : 0;
        return pageCount;
    }

    public static int Small(PageTableLeaf leaf, Span<ulong> entries)
    {
        foreach (ref ulong entry in entries)
        {
            entry &= ~Pte.WritableBit;
        }

        return entries.Length;
    }
}
