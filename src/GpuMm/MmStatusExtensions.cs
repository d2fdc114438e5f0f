namespace GpuMm;

/// <summary>Groups of <see cref="MmStatus"/>.</summary>
public static class MmStatusExtensions
{
    /// <summary>
    /// True for the answers that the kernel's range allocator folds into one ENOSPC: <see cref="MmStatus.NoSpace"/>,
    /// <see cref="MmStatus.Overlap"/> and <see cref="MmStatus.InvalidArgument"/>.
    /// </summary>
    /// <param name="status">Answer of a range insertion.</param>
    public static bool IsNoSpace(this MmStatus status) =>
        status is MmStatus.NoSpace or MmStatus.Overlap or MmStatus.InvalidArgument;
}
