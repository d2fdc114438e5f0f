namespace GpuMm.Client.Wire;

internal sealed record UseBody(uint Handle, ulong? ReadSize, bool IsWrite);
