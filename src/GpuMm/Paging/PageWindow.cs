namespace GpuMm.Paging;

/// <summary>A run of pages of a device file: what an area maps, and what a move revokes.</summary>
/// <param name="FirstPage">First file page.</param>
/// <param name="PageCount">Number of pages.</param>
public readonly record struct PageWindow(ulong FirstPage, ulong PageCount)
{
    /// <summary>Pages of a device file: their numbers have 52 bits.</summary>
    public const ulong MaxFilePages = 1ul << 52;

    /// <summary>First file page behind the window. Never wraps: file pages have 52 bits.</summary>
    public ulong EndPage => FirstPage + PageCount;
}
