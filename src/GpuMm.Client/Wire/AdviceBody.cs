namespace GpuMm.Client.Wire;

internal sealed record AdviceBody(bool IsNeeded);
