namespace GpuMm.Client.Wire;

internal sealed record DomainLimitsBody(ulong? Min, ulong? Low, ulong? Max);
