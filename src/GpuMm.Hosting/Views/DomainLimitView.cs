namespace GpuMm.Hosting.Views;

/// <summary>What a client is promised in a domain, may use and uses there.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="MinBytes">Used up to this, nothing of the client is evicted for others.</param>
/// <param name="LowBytes">Used up to this, its objects are evicted only when nobody else's would help.</param>
/// <param name="MaxBytes">More it does not get: it makes room among its own; null for no limit.</param>
/// <param name="UsedBytes">What its objects use now.</param>
/// <param name="PeakBytes">Most that they ever used.</param>
/// <param name="EffectiveMinBytes">How much of the minimum counts, since the groups round it are not promised more.</param>
/// <param name="EffectiveLowBytes">Likewise of the low mark.</param>
public sealed record DomainLimitView(
    string Domain,
    ulong MinBytes,
    ulong LowBytes,
    ulong? MaxBytes,
    ulong UsedBytes,
    ulong PeakBytes,
    ulong EffectiveMinBytes,
    ulong EffectiveLowBytes);
