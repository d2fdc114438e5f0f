namespace GpuMm.Objects;

/// <summary>What a group of objects is promised in one domain, and what it may use there. Source: the dmem cgroup.</summary>
/// <param name="MinBytes">Used up to this, nothing of the group is evicted for others.</param>
/// <param name="LowBytes">Used up to this, the group's objects are evicted only when nobody else's would help.</param>
/// <param name="MaxBytes">More the group does not get: it makes room among its own.</param>
public readonly record struct MemoryLimits(ulong MinBytes = 0, ulong LowBytes = 0, ulong MaxBytes = ulong.MaxValue);
