using System;

namespace GpuMm.Ranges;

/// <summary>Makes the allocator that a configuration asks for.</summary>
public static class SpaceAllocator
{
    /// <summary>Makes an allocator with its usual settings: 4 KiB chunks or units where it has any.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="sizeBytes">Size of the space; at least 4 KiB, a multiple of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is unknown, or the size is not one it can manage.</exception>
    public static ISpaceAllocator Create(SpaceAllocatorKind kind, ulong sizeBytes) => kind switch
    {
        SpaceAllocatorKind.Range => new RangeSpace(sizeBytes),
        SpaceAllocatorKind.Low => new RangeSpace(sizeBytes, RangeMode.Low),
        SpaceAllocatorKind.Buddy => new BuddySpace(sizeBytes),
        SpaceAllocatorKind.Bins => new BinSpace(sizeBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of allocator."),
    };
}
