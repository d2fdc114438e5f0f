using System.Collections.Generic;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Demo;

/// <summary>The shape of <c>gpumm demo --json</c>.</summary>
internal sealed record DemoDocument
{
    public required int SchemaVersion { get; init; }

    public required string Scene { get; init; }

    public required string Machine { get; init; }

    public required ulong Seed { get; init; }

    public required ulong SceneBytes { get; init; }

    public required ulong ApertureBytes { get; init; }

    public required DemoSummary Result { get; init; }

    public required string ChecksumHex { get; init; }

    public required IReadOnlyList<DemoSummary> MoreVram { get; init; }
}
