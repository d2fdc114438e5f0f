using System.Collections.Generic;

namespace GpuMm.Cli.Demo;

/// <summary>The shape of <c>gpumm demo --json</c> with several values: a what-if.</summary>
internal sealed record MatrixDocument
{
    public required int SchemaVersion { get; init; }

    public required string Scene { get; init; }

    public required int SceneCopies { get; init; }

    public required ulong SceneBytes { get; init; }

    public required string Machine { get; init; }

    public required string Workload { get; init; }

    public required int Frames { get; init; }

    public required ulong Seed { get; init; }

    public required ulong ApertureBytes { get; init; }

    public required long StutterLimitNs { get; init; }

    public required IReadOnlyList<MatrixDocumentSeries> Series { get; init; }
}
