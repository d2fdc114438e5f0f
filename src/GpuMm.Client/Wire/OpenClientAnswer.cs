namespace GpuMm.Client.Wire;

internal sealed record OpenClientAnswer(int Id, string Key, double LeaseSeconds);
