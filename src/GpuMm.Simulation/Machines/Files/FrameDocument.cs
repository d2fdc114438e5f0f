namespace GpuMm.Simulation;

/// <summary>The work of a frame beside memory, as a file describes it.</summary>
internal sealed record FrameDocument
{
    public long? CpuNs { get; init; }

    public long? GpuNs { get; init; }
}
