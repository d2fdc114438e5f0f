namespace GpuMm.Client.Wire;

internal sealed record OpenClientBody(string Name, double? LeaseSeconds, ulong? MaxSize, int? MaxObjects, string? Group);
