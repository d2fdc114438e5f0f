using System.Collections.Generic;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Streaming;
using GpuMm.RenderLoop.Workloads;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Demo;

/// <summary>The shape of <c>gpumm demo --json</c>.</summary>
internal sealed record DemoDocument
{
    public required int SchemaVersion { get; init; }

    public required string Scene { get; init; }

    public required int SceneCopies { get; init; }

    public required string Machine { get; init; }

    public required string Link { get; init; }

    public required string Policy { get; init; }

    public required string Allocator { get; init; }

    public required string Workload { get; init; }

    public required string Upload { get; init; }

    public required int Buffers { get; init; }

    public required bool Vsync { get; init; }

    public required int RefreshHz { get; init; }

    public required ulong Seed { get; init; }

    public required ulong SceneBytes { get; init; }

    public required ulong VisibleVramBytes { get; init; }

    public required ulong ApertureBytes { get; init; }

    public required long StutterLimitNs { get; init; }

    public required DemoSummary Result { get; init; }

    public required string ChecksumHex { get; init; }

    public required string HashHex { get; init; }

    public required IReadOnlyList<HistogramBucket> Histogram { get; init; }

    public required IReadOnlyList<CauseTotal> Causes { get; init; }

    public required IReadOnlyList<Stutter> Stutters { get; init; }

    public required ThrashFindings Thrash { get; init; }

    public required IReadOnlyList<ClientFrames> Clients { get; init; }

    public StreamFindings? Streaming { get; init; }

    public WorkloadFindings? WorkloadFindings { get; init; }

    public required IReadOnlyList<long> FrameNs { get; init; }

    public required IReadOnlyList<DemoSummary> MoreVram { get; init; }

    public MirrorReport? Mirror { get; init; }
}
