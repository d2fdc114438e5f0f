namespace GpuMm.Simulation;

/// <summary>The source of a figure as a file describes it.</summary>
internal sealed record SourceDocument
{
    public string? Figure { get; init; }

    public string? Source { get; init; }

    public string? Basis { get; init; }
}
