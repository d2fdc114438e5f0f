namespace GpuMm.Client.Wire;

internal sealed record PlacementBody(string? Placement);
