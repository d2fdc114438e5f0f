namespace GpuMm.Objects;

/// <summary>In what state an eviction walk hands out a candidate.</summary>
internal enum CandidateLock : byte
{
    /// <summary>Somebody else holds it.</summary>
    None = 0,

    /// <summary>The walk took the lock; the caller gives it back.</summary>
    Locked = 1,

    /// <summary>The caller held it before, through a shared reservation.</summary>
    HeldByCaller = 2,

    /// <summary>Somebody else holds it, and it is only reported: the walk goes on without it.</summary>
    Busy = 3,
}
