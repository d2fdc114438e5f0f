using System.Collections.Generic;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Streaming;
using GpuMm.RenderLoop.Workloads;

namespace GpuMm.RenderLoop;

/// <summary>Everything that a run came to. Times are simulated; everything is the same for the same options.</summary>
public sealed record DemoReport
{
    /// <summary>The figures.</summary>
    public required DemoSummary Summary { get; init; }

    /// <summary>Every frame.</summary>
    public required FrameBook Book { get; init; }

    /// <summary>The counted frames in buckets.</summary>
    public required Histogram Histogram { get; init; }

    /// <summary>Where the time went, all causes in the order of <see cref="FrameCause"/>.</summary>
    public required IReadOnlyList<CauseTotal> Causes { get; init; }

    /// <summary>The worst stutters in the order of the run.</summary>
    public required IReadOnlyList<Stutter> Stutters { get; init; }

    /// <summary>Whether objects went back and forth.</summary>
    public required ThrashFindings Thrash { get; init; }

    /// <summary>How each client fared, the game first.</summary>
    public required IReadOnlyList<ClientFrames> Clients { get; init; }

    /// <summary>What mip streaming did; null without it.</summary>
    public StreamFindings? Streaming { get; init; }

    /// <summary>What only this workload can tell; null for nothing.</summary>
    public WorkloadFindings? Workload { get; init; }

    /// <summary>Over the time and the causes of every frame, the figures, and the checksum of the contents.</summary>
    public required ulong Hash { get; init; }
}
