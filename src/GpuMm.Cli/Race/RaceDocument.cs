using System.Collections.Generic;

namespace GpuMm.Cli.Race;

/// <summary>The shape of <c>gpumm race --json</c>.</summary>
internal sealed record RaceDocument
{
    public required int SchemaVersion { get; init; }

    public required IReadOnlyList<RaceDocumentCell> Cells { get; init; }
}
