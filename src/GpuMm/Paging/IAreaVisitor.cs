namespace GpuMm.Paging;

/// <summary>What to do with each area that a search finds.</summary>
internal interface IAreaVisitor
{
    void Visit(VmArea area, PageWindow window);
}
