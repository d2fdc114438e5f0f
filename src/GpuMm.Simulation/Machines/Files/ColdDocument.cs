namespace GpuMm.Simulation;

/// <summary>What a transfer takes longer behind a large one, as a file describes it.</summary>
internal sealed record ColdDocument
{
    public long? MostNs { get; init; }

    public ulong? FullBytes { get; init; }
}
