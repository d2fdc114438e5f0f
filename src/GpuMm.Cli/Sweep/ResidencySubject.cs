using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Lab.League;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;
using GpuMm.Traces;

namespace GpuMm.Cli.Sweep;

/// <summary>A trace by residency: which objects fit, misses and bytes, as libCacheSim counts. No places, no time.</summary>
internal sealed class ResidencySubject(string path, TraceOpenOptions options, ResidencyTrace trace) : ISweepSubject
{
    private const ulong LeastBytes = 4096;

    public string Kind => "residency replay";

    public IReadOnlyList<string> Axes { get; } = ["policy", "vram"];

    public string? Default(string axis) => axis switch
    {
        "policy" => "lru",
        "vram" => "auto",
        _ => null,
    };

    public IReadOnlyList<string> Expand(string axis, string value) => axis switch
    {
        "policy" => ResidencyTrace.Policies([value]),
        "vram" => [.. CapacitySpec.ParseList(value, countsObjects: false).Select(static spec => spec.Text)],
        _ => [value],
    };

    public string? ContentHash() => TraceHash.Of(path, options);

    public string? Problem(string axis, string value) => null; // Expand has checked it.

    public (ulong LeastBytes, ulong MostBytes) KneeRange()
    {
        try
        {
            ulong most = Math.Max(LeastBytes, (trace.WorkingSetBytes + Pages.SizeBytes - 1) / Pages.SizeBytes * Pages.SizeBytes);
            return (Math.Max(LeastBytes, most / 1000 / Pages.SizeBytes * Pages.SizeBytes), most);
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
            CapacitySpec capacity = CapacitySpec.ParseList(point["vram"]!, countsObjects: false)[0];
            (ReplayCounts counts, long bytes) = trace.Play(point["policy"]!, capacity, cancellationToken);
            SortedDictionary<string, double> metrics = new(StringComparer.Ordinal)
            {
                ["requests"] = counts.Requests,
                ["misses"] = counts.Misses,
                ["miss-ratio"] = (double)counts.Misses / counts.Requests,
                ["missed-bytes"] = counts.MissBytes,
                ["byte-miss-ratio"] = (double)counts.MissBytes / counts.RequestBytes,
                ["capacity-bytes"] = bytes,
            };
            if (point["policy"] != "bound")
            {
                // A bound evicts nothing: it is no policy.
                metrics["evictions"] = counts.Evictions;
                metrics["refusals"] = counts.Refusals;
            }

            return metrics;
        }
        catch (LeagueException failure)
        {
            throw new SweepRunException(failure.Message, failure);
        }
    }

    public void Dispose() => trace.Dispose();
}
