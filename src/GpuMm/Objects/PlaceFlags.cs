using System;

namespace GpuMm.Objects;

/// <summary>How a wish for a place is meant.</summary>
[Flags]
public enum PlaceFlags : byte
{
    /// <summary>Any space in the domain, in both passes.</summary>
    None = 0,

    /// <summary>One physical range.</summary>
    Contiguous = 1,

    /// <summary>From the highest address down.</summary>
    TopDown = 2,

    /// <summary>A stop on the way of a multi-hop move: never counted as a fulfilled wish.</summary>
    Temporary = 4,

    /// <summary>Only while nothing need be evicted for it.</summary>
    Desired = 8,

    /// <summary>Only when the wishes without this flag found no room.</summary>
    Fallback = 16,
}
