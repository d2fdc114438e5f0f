namespace GpuMm.Client.Wire;

internal sealed record MapBody(bool Read, bool Write);
