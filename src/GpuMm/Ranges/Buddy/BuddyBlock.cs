namespace GpuMm.Ranges;

/// <summary>Names one block that a <see cref="BuddyAllocator"/> gave out; <c>default</c> names none.</summary>
/// <param name="Packed">Generation in the high half (odd while the block lives), slot in the low half.</param>
public readonly record struct BuddyBlock(ulong Packed)
{
    internal BuddyBlock(uint slot, uint generation)
        : this(((ulong)generation << 32) | slot)
    {
    }

    /// <summary>True when this names no block.</summary>
    public bool IsNone => Packed == 0;

    internal uint Slot => unchecked((uint)Packed);

    internal uint Generation => (uint)(Packed >> 32);
}
