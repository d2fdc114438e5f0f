using System;

namespace GpuMm.Ranges;

/// <summary>How a piece of space is chosen.</summary>
[Flags]
public enum SpaceFlags : byte
{
    /// <summary>The allocator's own preference; the space may come in several ranges.</summary>
    None = 0,

    /// <summary>One range only.</summary>
    Contiguous = 1,

    /// <summary>From the highest address downward.</summary>
    TopDown = 2,

    /// <summary>Prefer space that is known to be zero; an allocator that does not track this ignores the flag.</summary>
    PreferCleared = 4,

    /// <summary>On release: the space is known to be zero.</summary>
    Cleared = 8,
}
