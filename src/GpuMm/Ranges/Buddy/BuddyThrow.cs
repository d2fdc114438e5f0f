using System;
using System.Diagnostics.CodeAnalysis;

namespace GpuMm.Ranges;

/// <summary>Says what a caller of a buddy allocator did wrong; kept out of line so that callers stay small.</summary>
internal static class BuddyThrow
{
    [DoesNotReturn]
    internal static void BadSpace(ulong sizeBytes, ulong chunkBytes) => throw new ArgumentOutOfRangeException(
        nameof(sizeBytes),
        $"A buddy space of {sizeBytes} bytes in chunks of {chunkBytes}: the chunk must be a power of two of at least " +
        $"{BuddyAllocator.MinChunkBytes} bytes, and the size at least one chunk.");

    [DoesNotReturn]
    internal static void Stale(BuddyBlock block) => throw new InvalidOperationException(
        $"Block 0x{block.Packed:x} is not live here: it was freed or trimmed before, or belongs to another allocator.");

    [DoesNotReturn]
    internal static void Linked(BuddyBlock block) => throw new InvalidOperationException(
        $"Block 0x{block.Packed:x} is linked with others in a list: free the list, or take the block out of it first.");

    [DoesNotReturn]
    internal static void StaleList(BuddyBlock head, int count) => throw new InvalidOperationException(
        $"The list of {count} blocks from 0x{head.Packed:x} is a stale copy: its blocks are no longer linked that way.");

    [DoesNotReturn]
    internal static void NotInList(BuddyBlock block) => throw new InvalidOperationException(
        $"Block 0x{block.Packed:x} is not in this list.");
}
