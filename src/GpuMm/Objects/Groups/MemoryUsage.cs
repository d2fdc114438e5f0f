namespace GpuMm.Objects;

/// <summary>What a group uses in one domain.</summary>
/// <param name="CurrentBytes">Held now, its descendants' bytes included.</param>
/// <param name="PeakBytes">Most ever held.</param>
/// <param name="EffectiveMinBytes">What of its minimum the ancestors' minima cover.</param>
/// <param name="EffectiveLowBytes">Likewise for the low mark.</param>
public readonly record struct MemoryUsage(ulong CurrentBytes, ulong PeakBytes, ulong EffectiveMinBytes, ulong EffectiveLowBytes);
