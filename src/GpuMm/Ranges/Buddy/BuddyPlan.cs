namespace GpuMm.Ranges;

/// <summary>A buddy request that passed its checks, in chunks.</summary>
/// <param name="StartChunk">First chunk of the window.</param>
/// <param name="EndChunk">First chunk behind the window.</param>
/// <param name="SizeChunks">What was asked for.</param>
/// <param name="RoundedChunks">What is taken before trimming.</param>
/// <param name="MinOrder">No smaller block is used.</param>
/// <param name="AlignOrder">Every block starts at a multiple of two to this power; at least <paramref name="MinOrder"/>.</param>
/// <param name="AskedOrder">Order of the least block that was asked for, before a contiguous request was rounded.</param>
/// <param name="Flags">How to choose.</param>
internal readonly record struct BuddyPlan(
    ulong StartChunk,
    ulong EndChunk,
    ulong SizeChunks,
    ulong RoundedChunks,
    int MinOrder,
    int AlignOrder,
    int AskedOrder,
    BuddyFlags Flags)
{
    /// <summary>True when any of the flags is set.</summary>
    internal bool Has(BuddyFlags flags) => (Flags & flags) != BuddyFlags.None;

    /// <summary>An offset-aligned request: the one block is smaller than its alignment.</summary>
    internal bool IsOffsetAligned => AlignOrder > MinOrder;
}
