namespace GpuMm.Client.Wire;

internal sealed record NameBody(string Name);
