namespace GpuMm.Simulation;

/// <summary>What the CPU pays, as a file describes it.</summary>
internal sealed record CpuDocument
{
    public long? CachedBytesPerSecond { get; init; }

    public long? WriteCombinedBytesPerSecond { get; init; }

    public long? UncachedReadBytesPerSecond { get; init; }

    public long? UncachedWriteBytesPerSecond { get; init; }

    public long? FaultNs { get; init; }

    public long? PteInsertNs { get; init; }

    public long? ZapNs { get; init; }
}
