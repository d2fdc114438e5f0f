namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>What the owner says about contents.</summary>
/// <param name="IsNeeded">False: they may be dropped to make room.</param>
public sealed record AdviceRequest(bool IsNeeded);
