using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.Simulation;

namespace GpuMm.Cli.Sweep;

/// <summary>The render loop of the demo, as a subject of sweeps. Keeps page heads only: the same moves, faults and times.</summary>
internal sealed class DemoSubject(SceneDescription description) : ISweepSubject
{
    // A recording is a trace: it is swept by its file.
    private const string Workloads = "fly-through, level-load, alt-tab, thrash or video";

    public string Kind => "the demo";

    public IReadOnlyList<string> Axes { get; } = ["policy", "vram", "machine", "link", "bar", "allocator", "workload", "seed", "frames"];

    public string? Default(string axis) => null;

    public IReadOnlyList<string> Expand(string axis, string value) => axis == "policy" && value == "all" ? DemoOptions.PolicyNames : [value];

    public string? ContentHash() => null;

    public string? Problem(string axis, string value) => axis switch
    {
        "vram" => ByteSize.TryParse(value, out _) ? null : $"{value}: that is no size; the demo takes sizes such as 96MiB.",
        "policy" when value is "belady" or "bound" => $"{value}: no manager can know the future; it is for traces by residency.",
        "policy" or "machine" or "link" or "bar" or "allocator" => FullSubject.Check(axis, value),
        "workload" => Workload(value) is null ? $"{value}: there is no such workload; give {Workloads}." : null,
        _ => null,
    };

    public (ulong LeastBytes, ulong MostBytes) KneeRange() => (16ul << 20, 2ul << 30);

    public IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken)
    {
        DemoOptions options = Options(point);
        Scene scene = SceneLoader.Load(description, options.Seed);
        if (options.Problem(scene) is { } problem)
        {
            throw new SweepRunException(problem);
        }

        try
        {
            return Metrics(DemoRun.Run(scene, options, _ => cancellationToken.ThrowIfCancellationRequested()));
        }
        catch (DemoFailedException failure)
        {
            throw new SweepRunException(failure.Message, failure);
        }
    }

    public void Dispose()
    {
    }

    private static SortedDictionary<string, double> Metrics(DemoReport report)
    {
        DemoSummary summary = report.Summary;
        SortedDictionary<string, double> metrics = new(StringComparer.Ordinal)
        {
            ["p50-ns"] = summary.FrameP50Ns,
            ["p95-ns"] = summary.FrameP95Ns,
            ["p99-ns"] = summary.FrameP99Ns,
            ["longest-ns"] = summary.FrameMaxNs,
            ["stutters"] = summary.StutterFrames,
            ["moved-in-bytes"] = summary.ToVramBytes,
            ["moved-out-bytes"] = summary.FromVramBytes,
            ["link-read-bytes"] = summary.LinkReadBytes,
            ["evictions"] = summary.Evictions,
            ["faults"] = summary.Faults,
            ["ping-pong-bytes"] = report.Thrash.PingPongBytes,
            ["thrash-seconds"] = report.Thrash.Windows,
        };
        if (report.Workload is { BaselineNs: > 0 } findings)
        {
            // A run that never recovers has no time of recovery: it is worse than any, and says so as a count of its own.
            metrics["unrecovered"] = findings.RecoveryNs < 0 ? 1 : 0;
            if (findings.RecoveryNs >= 0)
            {
                metrics["recovery-ns"] = findings.RecoveryNs;
            }
        }

        if (report.Clients.Count > 1)
        {
            foreach (ClientFrames client in report.Clients)
            {
                metrics[$"{client.Name.ToLowerInvariant().Replace(' ', '-')}-p99-ns"] = client.P99Ns;
            }
        }

        return metrics;
    }

    private static WorkloadKind? Workload(string value) => value switch
    {
        "fly-through" => WorkloadKind.FlyThrough,
        "level-load" => WorkloadKind.LevelLoad,
        "alt-tab" => WorkloadKind.AltTab,
        "thrash" => WorkloadKind.Thrash,
        "video" => WorkloadKind.Video,
        _ => null,
    };

    // A link stands in place of the machine's, whatever the order of the axes.
    private DemoOptions Options(SweepPoint point)
    {
        DemoOptions options = DemoOptions.For(description) with { Backing = BackingKind.PageHeads };
        foreach ((string axis, string value) in point.Values)
        {
            options = axis switch
            {
                "policy" => options with { Policy = value },
                "vram" => options with { VramBytes = ByteSize.TryParse(value, out ulong bytes) ? bytes : 0 },
                "machine" => options with { Machine = MachineProfiles.TryGet(value, out MachineProfile? machine) ? machine! : options.Machine },
                "bar" => options with { BarBytes = value == "all" ? DemoOptions.MaxMemoryBytes : ByteSize.TryParse(value, out ulong bar) ? bar : null },
                "allocator" => options with { Allocator = Enum.Parse<SpaceAllocatorKind>(value, ignoreCase: true) },
                "workload" => options with { Workload = Workload(value)!.Value },
                "seed" => options with { Seed = ulong.Parse(value, CultureInfo.InvariantCulture) },
                "frames" => options with { Frames = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => options,
            };
        }

        return point["link"] is { } name && LinkModels.TryGet(name, out LinkModel? link) ? options with { Machine = options.Machine with { Link = link! } } : options;
    }
}
