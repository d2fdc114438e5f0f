namespace GpuMm.Lab.League;

/// <summary>What a replay counts.</summary>
/// <param name="Requests">Requests, those of size 0 left out.</param>
/// <param name="RequestBytes">Their sizes in all.</param>
/// <param name="Misses">Requests whose object was not resident.</param>
/// <param name="MissBytes">Their sizes in all.</param>
/// <param name="Evictions">Objects that had to go.</param>
/// <param name="Refusals">Misses after which the object was not taken in: too large for the memory, or for the policy.</param>
public readonly record struct ReplayCounts(
    long Requests, ulong RequestBytes, long Misses, ulong MissBytes, long Evictions, long Refusals);
