namespace GpuMm.Client.Wire;

internal sealed record ObjectAnswer(uint Handle, ObjectInfo Info);
