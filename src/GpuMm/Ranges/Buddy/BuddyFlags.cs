using System;

namespace GpuMm.Ranges;

/// <summary>How a <see cref="BuddyAllocator"/> chooses blocks.</summary>
[Flags]
public enum BuddyFlags : byte
{
    /// <summary>Anywhere, several blocks if need be, dirty blocks first.</summary>
    None = 0,

    /// <summary>Only inside the window that the call names, lowest address first.</summary>
    Range = 1,

    /// <summary>The highest address first, whatever the order of the free block there.</summary>
    TopDown = 2,

    /// <summary>One physical run; the blocks of the answer follow each other.</summary>
    Contiguous = 4,

    /// <summary>Blocks that are known to be zero first, others when there is none.</summary>
    PreferCleared = 8,

    /// <summary>Keep what rounding up to a power of two, or to the least block, added.</summary>
    KeepRounding = 16,
}
