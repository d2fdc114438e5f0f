namespace GpuMm.Ranges;

/// <summary>One range that an <see cref="ISpaceAllocator"/> gave out.</summary>
/// <param name="Range">The bytes.</param>
/// <param name="Handle">The allocator's own name for it; means nothing to anyone else.</param>
public readonly record struct SpaceRange(ByteRange Range, ulong Handle);
