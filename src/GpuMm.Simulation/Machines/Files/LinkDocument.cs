using System.Text.Json.Serialization;

namespace GpuMm.Simulation;

/// <summary>A link as a file describes it.</summary>
internal sealed record LinkDocument
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public long? LatencyNs { get; init; }

    public long? BytesPerSecond { get; init; }

    public string? Duplex { get; init; }

    public CurveDocument? Curve { get; init; }

    public ColdDocument? Cold { get; init; }

    [JsonPropertyOrder(1)]
    public SourceDocument[]? Sources { get; init; }
}
