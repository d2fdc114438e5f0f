namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Whether contents are still there.</summary>
/// <param name="IsRetained">False when they were dropped meanwhile, and the object reads as zero.</param>
public sealed record AdviceReply(bool IsRetained);
