using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Eviction;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces;

namespace GpuMm.Cli.Sweep;

/// <summary>A trace in full: places, holes, moves, fences, faults, time.</summary>
internal sealed class FullSubject(string path, TraceOpenOptions options, ReplayTrace trace) : ISweepSubject
{
    public string Kind => "full replay";

    public IReadOnlyList<string> Axes { get; } = ["policy", "vram", "machine", "link", "bar", "allocator"];

    /// <summary>The setup that a point of a sweep means.</summary>
    /// <param name="value">The value of each axis; null where there is none.</param>
    public static ReplaySetup Setup(Func<string, string?> value) => new()
    {
        Policy = value("policy"),
        Vram = value("vram") is { } vram ? CapacitySpec.ParseList(vram, countsObjects: false)[0] : null,
        Machine = value("machine") is { } machine && MachineProfiles.TryGet(machine, out MachineProfile? profile) ? profile : null,
        Link = value("link") is { } link && LinkModels.TryGet(link, out LinkModel? model) ? model : null,
        BarBytes = value("bar") is not { } bar ? null : bar == "all" ? 1ul << 46 : ByteSize.TryParse(bar, out ulong bytes) ? bytes : null,
        Allocator = value("allocator") is { } allocator && Enum.TryParse(allocator, ignoreCase: true, out SpaceAllocatorKind kind) ? kind : null,
    };

    /// <summary>Checks one value of one axis.</summary>
    /// <returns>Null, or what is wrong and how to put it right.</returns>
    public static string? Check(string axis, string value) => axis switch
    {
        "policy" => EvictionPolicies.TryCreate(value, out _) ? null
            : value is "belady" or "bound" ? $"{value}: no manager can know the future; it is for --depth residency alone."
            : $"{value}: there is no such policy; give {string.Join(", ", EvictionPolicies.All.Select(static policy => policy.Name))}, or all.",
        "machine" => MachineProfiles.TryGet(value, out _) ? null : $"{value}: there is no such machine; gpumm machine list shows them.",
        "link" => LinkModels.TryGet(value, out _) ? null : $"{value}: there is no such link; give {string.Join(", ", LinkModels.All.Select(static link => link.Name))}.",
        "bar" => value == "all" || (ByteSize.TryParse(value, out ulong bytes) && bytes >= Pages.SizeBytes) ? null : $"{value}: give a size such as 256MiB, or all.",
        "allocator" => Enum.TryParse(value, ignoreCase: true, out SpaceAllocatorKind kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(value[0]) ? null : $"{value}: give range, low, buddy or bins.",
        _ => null,
    };

    public string? Default(string axis) => axis switch
    {
        "policy" => EvictionPolicies.DefaultName,
        "vram" => "auto",
        _ => null,
    };

    public IReadOnlyList<string> Expand(string axis, string value) => axis switch
    {
        "policy" when value == "all" => [.. EvictionPolicies.All.Select(static policy => policy.Name)],
        "vram" => [.. CapacitySpec.ParseList(value, countsObjects: false).Select(static spec => spec.Text)],
        _ => [value],
    };

    public string? ContentHash() => TraceHash.Of(path, options);

    public string? Problem(string axis, string value) => Check(axis, value);

    public (ulong LeastBytes, ulong MostBytes) KneeRange()
    {
        try
        {
            ulong most = (Math.Max(trace.Summary.PeakBytes, trace.Summary.LargestBytes) + Pages.SizeBytes - 1) / Pages.SizeBytes * Pages.SizeBytes;
            return (Math.Max(Pages.SizeBytes, most / 1000 / Pages.SizeBytes * Pages.SizeBytes), Math.Max(Pages.SizeBytes, most));
        }
        catch (LeagueException failure)
        {
            throw new SweepRunException(failure.Message, failure);
        }
    }

    public IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken)
    {
        try
        {
            ReplaySetup setup = Setup(axis => point[axis]);
            FullReplayResult result = trace.Run(setup, null, null, cancellationToken);
            return result.BrokenInvariants == 0
                ? Metrics(result, trace.VramBytes(setup))
                : throw new SweepRunException($"{result.BrokenInvariants} invariants of the device were broken at the end: a fault of this program.");
        }
        catch (LeagueException failure)
        {
            throw new SweepRunException(failure.Message, failure);
        }
    }

    public void Dispose()
    {
    }

    private static SortedDictionary<string, double> Metrics(FullReplayResult result, ulong vramBytes)
    {
        SortedDictionary<string, double> metrics = new(StringComparer.Ordinal)
        {
            ["capacity-bytes"] = vramBytes,
            ["copy-ns"] = result.CopyNs,
            ["evictions"] = result.Evictions,
            ["failures"] = result.Failures,
            ["faults"] = result.Faults,
            ["fragmentation-ratio"] = result.Fragmentation,
            ["link-read-bytes"] = result.LinkReadBytes,
            ["moved-in-bytes"] = result.ToVramBytes,
            ["moved-out-bytes"] = result.FromVramBytes,
            ["render-ns"] = result.RenderNs,
            ["simulated-ns"] = result.SimulatedNs,
            ["stall-ns"] = result.StallNs,
            ["zapped-ptes"] = result.ZappedPtes,
        };
        if (result.Requests > 0)
        {
            // A recording is repeated operation by operation; only requests can miss.
            metrics["requests"] = result.Requests;
            metrics["misses"] = result.Misses;
            metrics["miss-ratio"] = (double)result.Misses / result.Requests;
            metrics["missed-bytes"] = result.MissBytes;
        }

        return metrics;
    }
}
