using System;
using System.Diagnostics;

namespace GpuMm.Paging;

/// <summary>Removes entries; answers how many pages were shown.</summary>
internal readonly struct Zapper : IEntryVisitor
{
    public static int Huge(PageTableLeaf leaf, int pageCount)
    {
        leaf.Huge = 0; // All of it, however little was meant
        return (int)leaf.CoverPages;
    }

    public static int Small(PageTableLeaf leaf, Span<ulong> entries)
    {
        int present = 0;
        foreach (ulong entry in entries)
        {
            present += (int)(entry & Pte.PresentBit);
        }

        entries.Clear();
        leaf.PresentCount -= present;
        Debug.Assert(leaf.PresentCount >= 0, "A leaf has as many entries as were inserted.");
        return present;
    }
}
