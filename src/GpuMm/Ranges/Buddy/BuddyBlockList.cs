namespace GpuMm.Ranges;

/// <summary>
/// The blocks that make up one piece of space, in the order they were added. The links lie in the allocator's own block
/// table, so a list of any length is 16 bytes here and costs no managed memory. <c>default</c> is the empty list.
/// </summary>
/// <remarks>
/// A mutable struct: keep it in a field and pass it by <c>ref</c>. A copy goes stale when the original changes; using one
/// is found out, because first block, last block and count no longer agree.
/// </remarks>
public struct BuddyBlockList
{
    /// <summary>Number of blocks.</summary>
    public readonly int Count => BlockCount;

    /// <summary>The first block, or none.</summary>
    public readonly BuddyBlock First => Head;

    internal BuddyBlock Head { readonly get; set; }

    internal uint LastSlot { readonly get; set; }

    internal int BlockCount { readonly get; set; }
}
