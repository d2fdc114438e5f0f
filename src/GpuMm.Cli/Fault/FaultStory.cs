using System.Collections.Generic;

namespace GpuMm.Cli.Fault;

/// <summary>One access, told: also the shape of <c>gpumm fault explain --json</c>.</summary>
internal sealed record FaultStory
{
    public required int SchemaVersion { get; init; }

    public required string Case { get; init; }

    public required string Machine { get; init; }

    public required string Address { get; init; }

    public required string Access { get; init; }

    public required string Setting { get; init; }

    public required IReadOnlyList<FaultStoryStep> Steps { get; init; }

    public required string Status { get; init; }

    public required int Attempts { get; init; }

    public required int PagesInserted { get; init; }

    public required long CostSimNs { get; init; }
}
