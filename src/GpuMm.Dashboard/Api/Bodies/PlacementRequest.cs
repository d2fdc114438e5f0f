namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Where to.</summary>
/// <param name="Placement">As for creating an object; null for where it is.</param>
public sealed record PlacementRequest(string? Placement = null);
