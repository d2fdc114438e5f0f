namespace GpuMm.Diagnostics;

/// <summary>Why an eviction walk passed a candidate over.</summary>
public enum SkipReason : byte
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>Somebody holds its reservation.</summary>
    Locked = 1,

    /// <summary>It is pinned.</summary>
    Pinned = 2,

    /// <summary>It is the one that room is made for.</summary>
    Requester = 3,

    /// <summary>It left the domain before its lock was ours.</summary>
    Gone = 4,

    /// <summary>The driver says that evicting it would not help the place that is wanted.</summary>
    NotValuable = 5,

    /// <summary>It was deleted, but the GPU still uses it.</summary>
    StillUsed = 6,

    /// <summary>A limit of its group protects it.</summary>
    Protected = 7,

    /// <summary>Its group is not the one whose limit is reached.</summary>
    OtherGroup = 8,

    /// <summary>It could not be moved: <see cref="DeviceEvent.Status"/> tells why.</summary>
    CannotMove = 9,

    /// <summary>The policy keeps it for now.</summary>
    Policy = 10,
}
