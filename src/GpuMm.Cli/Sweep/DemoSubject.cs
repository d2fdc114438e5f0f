using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.Simulation;

namespace GpuMm.Cli.Sweep;

/// <summary>The render loop of the demo, as a subject of sweeps. Keeps page heads only: the same moves, faults and times.</summary>
internal sealed class DemoSubject(SceneDescription description) : ISweepSubject
{
    public string Kind => "the demo";

    public IReadOnlyList<string> Axes { get; } = ["vram", "machine", "seed", "frames"];

    public string? Default(string axis) => null;

    public IReadOnlyList<string> Expand(string axis, string value) => [value];

    public string? ContentHash() => null;

    public string? Problem(string axis, string value) => axis switch
    {
        "vram" => ByteSize.TryParse(value, out _) ? null : $"{value}: that is no size; the demo takes sizes such as 96MiB.",
        "machine" => MachineProfiles.TryGet(value, out _) ? null : $"{value}: there is no such machine; gpumm machine list shows them.",
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
            return Metrics(DemoRun.Run(scene, options, _ => cancellationToken.ThrowIfCancellationRequested()).Summary);
        }
        catch (DemoFailedException failure)
        {
            throw new SweepRunException(failure.Message, failure);
        }
    }

    public void Dispose()
    {
    }

    private static SortedDictionary<string, double> Metrics(DemoSummary summary) => new(StringComparer.Ordinal)
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
    };

    private DemoOptions Options(SweepPoint point)
    {
        DemoOptions options = DemoOptions.For(description) with { Backing = BackingKind.PageHeads };
        foreach ((string axis, string value) in point.Values)
        {
            options = axis switch
            {
                "vram" => options with { VramBytes = ByteSize.TryParse(value, out ulong bytes) ? bytes : 0 },
                "machine" => options with { Machine = MachineProfiles.TryGet(value, out MachineProfile? machine) ? machine! : options.Machine },
                "seed" => options with { Seed = ulong.Parse(value, CultureInfo.InvariantCulture) },
                "frames" => options with { Frames = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => options,
            };
        }

        return options;
    }
}
