using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;

namespace GpuMm.Lab.Report;

/// <summary>Runs laid out for people: which axes vary, which one is the x of a plot, which lines there are.</summary>
public sealed class RunTable
{
    private readonly StoredRun[] _runs;

    /// <summary>Lays out runs; failed ones are kept apart.</summary>
    /// <param name="runs">The runs.</param>
    public RunTable(IEnumerable<StoredRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        StoredRun[] all = [.. runs];
        _runs = [.. all.Where(static run => run.Metrics is not null)];
        Failed = [.. all.Where(static run => run.Metrics is null)];
        Axes = [.. _runs.SelectMany(static run => run.Point.Values.Select(static pair => pair.Key)).Distinct(StringComparer.Ordinal)];
        Varying = [.. Axes.Where(axis => _runs.Select(run => run.Point[axis]).Distinct(StringComparer.Ordinal).Count() > 1)];
        Metrics = [.. _runs.SelectMany(static run => run.Metrics!.Keys).Distinct(StringComparer.Ordinal)];
        XAxis = Varying.Where(axis => axis != "seed" && _runs.All(run => !double.IsNaN(X(run, axis))))
            .OrderByDescending(static axis => axis is "vram")
            .ThenByDescending(axis => _runs.Select(run => run.Point[axis]).Distinct(StringComparer.Ordinal).Count())
            .FirstOrDefault();

        // As the axes were first met, which is the order of the finish, but along x as x goes.
        IOrderedEnumerable<StoredRun> ordered = _runs.OrderBy(static _ => 0);
        foreach (string axis in Varying.Where(axis => axis != XAxis))
        {
            List<string?> values = [.. _runs.Select(run => run.Point[axis]).Distinct(StringComparer.Ordinal)];
            ordered = ordered.ThenBy(run => values.IndexOf(run.Point[axis]));
        }

        _runs = [.. XAxis is null ? ordered : ordered.ThenBy(run => X(run, XAxis))];
    }

    /// <summary>The runs that were done: by their values on the axes, as these were first met; along x, ascending.</summary>
    public IReadOnlyList<StoredRun> Runs => _runs;

    /// <summary>The runs that failed.</summary>
    public IReadOnlyList<StoredRun> Failed { get; }

    /// <summary>All axes, in the order of the points.</summary>
    public IReadOnlyList<string> Axes { get; }

    /// <summary>The axes with more than one value.</summary>
    public IReadOnlyList<string> Varying { get; }

    /// <summary>All metrics.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>The axis to plot against: VRAM where it varies, else the one with the most numbers; null when no axis of numbers varies.</summary>
    public string? XAxis { get; }

    /// <summary>Whether a metric is the same in every run.</summary>
    /// <param name="metric">The metric.</param>
    public bool IsConstant(string metric) =>
        _runs.Length > 0 && _runs.All(run => run.Metrics!.TryGetValue(metric, out double value) && value.Equals(_runs[0].Metrics!.GetValueOrDefault(metric, double.NaN)));

    /// <summary>The lines of a plot of one metric: one for each combination of the other varying axes. Seeds are averaged.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="xUnit">What x is divided by, such as 2^30 for GiB.</param>
    public IReadOnlyList<PlotSeries> Series(string metric, double xUnit)
    {
        if (XAxis is null)
        {
            return [];
        }

        string[] others = [.. Varying.Where(axis => axis != XAxis && axis != "seed")];
        List<PlotSeries> lines = [];
        foreach (IGrouping<string, StoredRun> line in _runs.Where(run => run.Metrics!.ContainsKey(metric)).GroupBy(
            run => others.Length == 0 ? metric : string.Join(' ', others.Select(axis => Brief(axis, run.Point[axis]))), StringComparer.Ordinal))
        {
            (double X, double Y)[] points =
            [
                .. line.GroupBy(run => X(run, XAxis))
                    .Select(at => (at.Key / xUnit, at.Average(run => run.Metrics![metric]))).OrderBy(static at => at.Item1),
            ];
            lines.Add(new PlotSeries(line.Key, [.. points.Select(static at => at.X)], [.. points.Select(static at => at.Y)]));
        }

        return lines;
    }

    /// <summary>The runs that no other run beats in both metrics at once, where less is better; by the first, ascending.</summary>
    /// <param name="first">A metric.</param>
    /// <param name="second">Another.</param>
    public IReadOnlyList<StoredRun> ParetoFront(string first, string second)
    {
        List<StoredRun> front = [];
        double best = double.PositiveInfinity;
        foreach (StoredRun run in _runs.Where(run => run.Metrics!.ContainsKey(first) && run.Metrics.ContainsKey(second))
            .OrderBy(run => run.Metrics![first]).ThenBy(run => run.Metrics![second]))
        {
            if (run.Metrics![second] < best)
            {
                best = run.Metrics[second];
                front.Add(run);
            }
        }

        return front;
    }

    /// <summary>Where a run stands on an axis: what a share of the working set came to, for video memory.</summary>
    /// <param name="run">A run that was done.</param>
    /// <param name="axis">The axis.</param>
    /// <returns>Bytes for sizes; NaN when it is no number there.</returns>
    public static double X(StoredRun run, string axis)
    {
        ArgumentNullException.ThrowIfNull(run);
        return axis == "vram" && run.Metrics!.TryGetValue("capacity-bytes", out double bytes) ? bytes
            : run.Point[axis] is { } text && TryNumber(text, out double number) ? number : double.NaN;
    }

    /// <summary>A value of an axis, short enough for a legend: a trace without its folder.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="value">The value; null where a run does not have that axis.</param>
    public static string Brief(string axis, string? value) => value is null ? "-" : axis == "trace" ? value[(value.LastIndexOfAny(['/', '\\']) + 1)..] : value;

    /// <summary>Reads a value of an axis as a number: "4GiB", "10%", "12".</summary>
    /// <param name="text">The value.</param>
    /// <param name="number">Bytes for sizes, a fraction for percentages.</param>
    public static bool TryNumber(string text, out double number)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number))
        {
            number /= 100;
            return true;
        }

        bool isSize = ByteSize.TryParse(text, out ulong bytes);
        number = isSize ? bytes : double.NaN;
        return isSize || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
