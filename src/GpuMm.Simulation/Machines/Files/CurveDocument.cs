namespace GpuMm.Simulation;

/// <summary>A throughput curve as a file describes it.</summary>
internal sealed record CurveDocument
{
    public double? PeakGiBPerSecond { get; init; }

    public double? PerKiB { get; init; }
}
