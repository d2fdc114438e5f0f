using System;

namespace GpuMm.Paging;

/// <summary>What to do with the present entries of a run of pages. Called under the leaf's gate.</summary>
internal interface IEntryVisitor
{
    /// <summary>Whether a group of 64 KiB that the run cuts through is visited as a whole: what changes it must.</summary>
    static virtual bool TakesWholeGroups => true;

    /// <summary>Visits a large entry, of which a number of pages lie in the run.</summary>
    static abstract int Huge(PageTableLeaf leaf, int pageCount);

    /// <summary>Visits small entries, present or not.</summary>
    static abstract int Small(PageTableLeaf leaf, Span<ulong> entries);
}
