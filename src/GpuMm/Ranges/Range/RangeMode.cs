using System;

namespace GpuMm.Ranges;

/// <summary>Which hole an insertion takes, and at which end of it. The values may be chosen anew for every call.</summary>
/// <remarks>Source: the insert modes of drm_mm (include/drm/drm_mm.h), for the names and their meaning.</remarks>
[Flags]
public enum RangeMode : byte
{
    /// <summary>The smallest hole that fits; of several the one at the lowest address; at its low end.</summary>
    Best = 0,

    /// <summary>The hole at the lowest address that fits; at its low end.</summary>
    Low = 1,

    /// <summary>The hole at the highest address that fits; at its high end.</summary>
    High = 2,

    /// <summary>The hole that changed last (was freed into, or left over) and fits; at its low end.</summary>
    Evict = 3,

    /// <summary>
    /// Looks at one hole only: the first of the mode that is long enough and reaches into the window (for
    /// <see cref="Evict"/> the one that changed last, whatever its length). When alignment, colour or window do not
    /// allow it there, the insertion fails.
    /// </summary>
    Once = 0x80,

    /// <summary><see cref="Low"/>, one hole only.</summary>
    Lowest = Low | Once,

    /// <summary><see cref="High"/>, one hole only.</summary>
    Highest = High | Once,
}
