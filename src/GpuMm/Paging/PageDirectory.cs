namespace GpuMm.Paging;

/// <summary>512 leaves, and the one leaf that stands for all of them when they are shown by a single large entry.</summary>
internal sealed class PageDirectory
{
    public readonly PageTableLeaf?[] Leaves = new PageTableLeaf?[PageTableLeaf.EntryCount]; // Lock: the table's, to grow

    public PageTableLeaf? Giant; // Lock: the table's, to grow
}
