namespace GpuMm.Client.Wire;

internal sealed record MapAnswer(ulong Address, ulong SizeBytes);
