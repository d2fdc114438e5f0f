using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Primitives;

namespace GpuMm.Lab.Report;

/// <summary>What the runs of a sweep say, in a few sentences.</summary>
internal sealed class ReportSummary
{
    // What a reader asks for first, where it was measured and differs.
    private static readonly string[] s_first = ["stutters", "p99-ns", "miss-ratio", "stall-ns", "simulated-ns", "byte-miss-ratio", "misses", "moved-in-bytes"];

    // A size is on the flat part of a curve when it is this near to the best, as a share of the whole height.
    private const double NearBest = 0.1;

    private ReportSummary(string metric, string? floor, IReadOnlyList<BestOfSize> best, IReadOnlyList<string> sentences)
    {
        Metric = metric;
        Floor = floor;
        Best = best;
        Sentences = sentences;
    }

    /// <summary>The metric that the sentences are about.</summary>
    public string Metric { get; }

    /// <summary>What the best are measured by: belady, or bound where sizes differ so that Belady's rule can be beaten; null for neither.</summary>
    public string? Floor { get; }

    /// <summary>The best line at each size.</summary>
    public IReadOnlyList<BestOfSize> Best { get; }

    /// <summary>The sentences; the first is the one to keep.</summary>
    public IReadOnlyList<string> Sentences { get; }

    /// <summary>Reads the runs.</summary>
    /// <param name="table">The runs.</param>
    /// <returns>Null when no axis of numbers or no metric varies.</returns>
    public static ReportSummary? Of(RunTable table)
    {
        string? metric = s_first.Concat(table.Metrics.Where(static name => name is not ("capacity-bytes" or "requests")))
            .FirstOrDefault(name => table.Metrics.Contains(name, StringComparer.Ordinal) && !table.IsConstant(name));
        if (table.XAxis is not { } axis || metric is null)
        {
            return null;
        }

        IReadOnlyList<PlotSeries> lines = table.Series(metric, 1);
        string? floor = FloorOf(lines);
        List<BestOfSize> best = [];
        foreach (IGrouping<double, (string Name, double X, double Y)> at in Points(lines).GroupBy(static point => point.X).OrderBy(static group => group.Key))
        {
            (string Name, double X, double Y)[] real = [.. at.Where(static point => !IsBound(point.Name)).OrderBy(static point => point.Y)];
            if (real.Length > 0)
            {
                (string Name, double X, double Y) optimum = at.FirstOrDefault(point => floor is not null && point.Name.Split(' ').Contains(floor, StringComparer.Ordinal));
                best.Add(new BestOfSize(at.Key, real[0].Name, real[0].Y, real[^1].Name, real[^1].Y, optimum.Name is null ? null : optimum.Y));
            }
        }

        return new ReportSummary(metric, floor, best, [.. Sentence(axis, metric, floor, lines, best)]);
    }

    /// <summary>A value of the axis in words.</summary>
    public static string XText(string axis, double x) => axis is "vram" or "bar" or "aperture"
        ? ByteSize.Format((ulong)x) : x.ToString("0.###", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Sentence(string axis, string metric, string? floor, IReadOnlyList<PlotSeries> lines, List<BestOfSize> best)
    {
        if (best.Count == 0)
        {
            yield break;
        }

        string name = MetricText.Name(metric);
        IGrouping<string, BestOfSize> winner = best.GroupBy(static size => size.Name, StringComparer.Ordinal).OrderByDescending(static group => group.Count()).First();
        bool isContest = best.Any(static size => size.Name != size.WorstName);
        if (isContest)
        {
            string share = best.Count == winner.Count() ? $"at all {MetricText.Count(axis, best.Count)}" : $"at {winner.Count()} of {MetricText.Count(axis, best.Count)}";
            BestOfSize gap = best.Where(static size => size.Value > 0 && size.WorstValue > 0).DefaultIfEmpty(best[0]).MaxBy(static size => size.WorstValue / size.Value)!;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{winner.Key} has the least {name} {share}; where it matters most, at {XText(axis, gap.X)}, {gap.Name} has {MetricText.Format(metric, gap.Value)} and {gap.WorstName} {MetricText.Format(metric, gap.WorstValue)}.");
        }

        double[] above = [.. best.Where(static size => size.Optimum is > 0).Select(static size => (size.Value / size.Optimum!.Value) - 1)];
        if (above.Length > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The best at each size is {above.Min():0.#%} to {above.Max():0.#%} above {(floor == "belady" ? "Belady's rule, which knows the future" : "the bound that no policy can go below")}.");
        }

        PlotSeries line = lines.First(candidate => candidate.Name == winner.Key);
        if (Knee(line) is { } knee)
        {
            string who = isContest ? $"For {winner.Key}, " : "";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{who}{(who.Length > 0 ? "m" : "M")}ore than {XText(axis, line.X[knee])} of {axis} gains little: {name} is {MetricText.Format(metric, line.Y[knee])} there, {MetricText.Format(metric, line.Y[^1])} at {XText(axis, line.X[^1])} and {MetricText.Format(metric, line.Y[0])} at {XText(axis, line.X[0])}.");
        }
    }

    private static IEnumerable<(string Name, double X, double Y)> Points(IEnumerable<PlotSeries> lines) =>
        lines.SelectMany(static line => line.X.Select((x, i) => (line.Name, x, line.Y[i])));

    private static bool IsBound(string line) => line.Split(' ').Any(PageLooks.IsBound);

    // Belady's rule is the floor only while nobody beats it: with objects of unequal size some do.
    private static string? FloorOf(IReadOnlyList<PlotSeries> lines)
    {
        bool Has(string name) => lines.Any(line => line.Name.Split(' ').Contains(name, StringComparer.Ordinal));
        Dictionary<double, double> belady = Points(lines).Where(static point => point.Name.Split(' ').Contains("belady", StringComparer.Ordinal))
            .GroupBy(static point => point.X).ToDictionary(static group => group.Key, static group => group.Min(static point => point.Y));
        bool isBeaten = Points(lines).Any(point => !IsBound(point.Name) && belady.TryGetValue(point.X, out double least) && point.Y < least);
        return Has("belady") && !isBeaten ? "belady" : Has("bound") ? "bound" : null;
    }

    // The first value from which on the line stays near its lowest.
    private static int? Knee(PlotSeries line)
    {
        double least = line.Y.Min();
        double most = line.Y.Max();
        if (line.Y.Count < 3 || most <= least)
        {
            return null;
        }

        int knee = line.Y.Count - 1;
        while (knee > 0 && line.Y[knee - 1] <= least + (NearBest * (most - least)))
        {
            knee--;
        }

        return knee == 0 || knee == line.Y.Count - 1 ? null : knee;
    }
}
