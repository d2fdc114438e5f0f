namespace GpuMm.Client.Wire;

internal sealed record LimitsBody(ulong? MaxSize, int? MaxObjects);
