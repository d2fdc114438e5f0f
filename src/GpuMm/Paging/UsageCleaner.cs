using System;

namespace GpuMm.Paging;

/// <summary>Forgets that pages were read or written through.</summary>
internal readonly struct UsageCleaner : IEntryVisitor
{
    private const ulong UsageBits = Pte.AccessedBit | Pte.DirtyBit;

    public static int Huge(PageTableLeaf leaf, int pageCount)
    {
        leaf.Huge &= ~UsageBits;
        return pageCount;
    }

    public static int Small(PageTableLeaf leaf, Span<ulong> entries)
    {
        foreach (ref ulong entry in entries)
        {
            entry &= ~UsageBits;
        }

        return entries.Length;
    }
}
