namespace GpuMm.Ranges;

/// <summary>What one live block of a <see cref="BuddyAllocator"/> covers.</summary>
/// <param name="Block">Its name.</param>
/// <param name="Range">Its bytes; the start is a multiple of the size.</param>
/// <param name="Order">Its size is the chunk size times two to this power.</param>
/// <param name="IsCleared">True when its bytes were known to be zero when it was given out.</param>
public readonly record struct BuddyBlockInfo(BuddyBlock Block, ByteRange Range, int Order, bool IsCleared);
