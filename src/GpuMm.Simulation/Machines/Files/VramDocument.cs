namespace GpuMm.Simulation;

/// <summary>A card's memory as a file describes it.</summary>
internal sealed record VramDocument
{
    public ulong? SizeBytes { get; init; }

    public long? BytesPerSecond { get; init; }

    public long? LatencyNs { get; init; }
}
