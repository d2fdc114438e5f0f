using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using GpuMm.Lab.Sweep;

namespace GpuMm.Lab.Report;

/// <summary>Writes the runs of a sweep as one page that needs nothing else: what they say, charts, tables that sort, light and dark.</summary>
public static class HtmlReport
{
    // What a run was given, or how it counts: nothing to draw.
    private static readonly string[] s_given = ["capacity-bytes", "requests", "refusals"];

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="title">What was swept.</param>
    /// <param name="table">The runs.</param>
    /// <param name="made">How it was made: the command line.</param>
    public static void Write(TextWriter writer, string title, RunTable table, string made)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(table);
        ReportSummary? summary = ReportSummary.Of(table);
        writer.WriteLine($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><style>{PageStyle.Sheet}{PageLooks.Style()}</style>");
        writer.WriteLine($"<h1>{Text(title)}</h1>");
        writer.WriteLine($"<p class=\"dim\">{Matrix(table)}{table.Runs.Count} runs, {table.Failed.Count} failed. {Fixed(table)}Made by <code>{Text(made)}</code>. Times are of the model, not of this machine.</p>");
        if (summary is null)
        {
            writer.WriteLine("<p>No axis of numbers varies, so there is nothing to draw against.</p>");
        }
        else
        {
            for (int i = 0; i < summary.Sentences.Count; i++)
            {
                writer.WriteLine($"<p{(i == 0 ? " class=\"key-sentence\"" : "")}>{Text(summary.Sentences[i])}</p>");
            }

            Charts(writer, table, summary);
            BestTable(writer, table.XAxis!, summary);
        }

        Runs(writer, table);
        Failures(writer, table);
        writer.WriteLine($"<script>{PageStyle.Script}</script></html>");
    }

    private static string Matrix(RunTable table)
    {
        string[] axes = [.. table.Varying.Select(axis => MetricText.Count(axis, table.Runs.Select(run => run.Point[axis]).Distinct(StringComparer.Ordinal).Count()))];
        return axes.Length == 0 ? "" : $"{Text(string.Join(" × ", axes))}: ";
    }

    private static string Fixed(RunTable table)
    {
        string[] same = [.. table.Axes.Except(table.Varying, StringComparer.Ordinal).Select(axis => $"{axis} {RunTable.Brief(axis, table.Runs[0].Point[axis])}")];
        return same.Length > 0 ? $"The same in every run: {Text(string.Join(", ", same))}. " : "";
    }

    private static void Charts(TextWriter writer, RunTable table, ReportSummary summary)
    {
        string axis = table.XAxis!;
        IReadOnlyList<string> names = [.. table.Series(summary.Metric, 1).Select(static line => line.Name)];
        if (names.Count > SvgChart.MaxLines)
        {
            writer.WriteLine($"<p>{names.Count} lines are too many for one chart; see the table, or sweep fewer values at once.</p>");
            return;
        }

        IReadOnlyDictionary<string, PageLook> looks = PageLooks.Assign(names);
        if (names.Count > 1)
        {
            IEnumerable<string> keys = names.Select(name => $"<li><button aria-pressed=\"true\" data-name=\"{Text(name)}\">{PageLooks.Key(looks[name])}{Text(name)}</button></li>");
            writer.WriteLine($"<ul class=\"legend\">{string.Concat(keys)}</ul>");
        }

        bool isSize = axis is "vram" or "bar" or "aperture";
        double[] xs = [.. table.Runs.Select(run => RunTable.X(run, axis))];
        AxisTicks x = isSize ? AxisTicks.Sizes(xs) : AxisTicks.Numbers(xs);
        writer.WriteLine("<div class=\"charts\">");
        foreach (string metric in table.Metrics.Where(metric => !table.IsConstant(metric) && !s_given.Contains(metric, StringComparer.Ordinal)).OrderByDescending(metric => metric == summary.Metric))
        {
            // One line is called after its metric; its look is the first's.
            IReadOnlyList<(PlotSeries, PageLook)> lines = [.. table.Series(metric, 1).Select(line => (line, looks.GetValueOrDefault(line.Name) ?? PageLooks.Of(0)))];
            string lead = metric == summary.Metric ? " class=\"lead\"" : "";
            writer.WriteLine($"<figure{lead}><figcaption>{Text(MetricText.Name(metric))}</figcaption>{new SvgChart(metric == summary.Metric).Lines(metric, axis, x, lines, value => ReportSummary.XText(axis, value))}</figure>");
        }

        Pareto(writer, table, summary.Metric, x, looks);
        writer.WriteLine("</div>");
    }

    // What memory buys: the runs that no other beats with less of both.
    private static void Pareto(TextWriter writer, RunTable table, string metric, AxisTicks x, IReadOnlyDictionary<string, PageLook> looks)
    {
        string axis = table.XAxis!;
        IReadOnlyList<PlotSeries> lines = [.. table.Series(metric, 1).Where(static line => !line.Name.Split(' ').Any(PageLooks.IsBound))];
        if (axis != "vram" || lines.Count == 0)
        {
            return;
        }

        (double X, double Y, string Name)[] points = [.. lines.SelectMany(static line => line.X.Select((value, i) => (value, line.Y[i], line.Name)))];
        List<(double X, double Y, string Name)> front = [];
        foreach ((double X, double Y, string Name) point in points.OrderBy(static point => point.X).ThenBy(static point => point.Y))
        {
            if (front.Count == 0 || point.Y < front[^1].Y)
            {
                front.Add(point);
            }
        }

        writer.WriteLine("<figure><figcaption>What memory buys: nothing beats the runs on the dashed line</figcaption>");
        writer.WriteLine(new SvgChart(isLead: false).Scatter(
            $"{metric} against {axis}, with the Pareto front", axis, x, metric,
            [.. points.Select(point => (point.X, point.Y, $"{point.Name}, {ReportSummary.XText(axis, point.X)}: {MetricText.Format(metric, point.Y)}", looks.GetValueOrDefault(point.Name) ?? PageLooks.Of(0)))],
            [.. front.Select(static point => (point.X, point.Y))]));
        writer.WriteLine("</figure>");
    }

    private static void BestTable(TextWriter writer, string axis, ReportSummary summary)
    {
        string metric = summary.Metric;
        bool hasOptimum = summary.Floor is not null;
        if (summary.Best.All(static size => size.Name == size.WorstName))
        {
            return;
        }

        writer.WriteLine($"<h2>Least {Text(MetricText.Name(metric))} at each {Text(axis)}</h2><div class=\"wide\"><table><thead><tr><th>{Text(axis)}</th><th class=\"text\">best</th><th>{Text(MetricText.Name(metric))}</th><th class=\"text\">worst</th><th>{Text(MetricText.Name(metric))}</th>{(hasOptimum ? $"<th>{Text(summary.Floor!)}</th><th>best above {Text(summary.Floor!)}</th>" : "")}</tr></thead><tbody>");
        foreach (BestOfSize size in summary.Best)
        {
            string optimum = !hasOptimum ? "" : size.Optimum is not { } least ? "<td>-</td><td>-</td>"
                : $"<td>{Text(MetricText.Format(metric, least))}</td><td>{(least > 0 ? ((size.Value / least) - 1).ToString("+0.#%;-0.#%;0%", CultureInfo.InvariantCulture) : "-")}</td>";
            writer.WriteLine(
                $"<tr><td>{Text(ReportSummary.XText(axis, size.X))}</td><td class=\"text\">{Text(size.Name)}</td><td>{Text(MetricText.Format(metric, size.Value))}</td>" +
                $"<td class=\"text\">{Text(size.WorstName)}</td><td>{Text(MetricText.Format(metric, size.WorstValue))}</td>{optimum}</tr>");
        }

        writer.WriteLine("</tbody></table></div>");
    }

    private static void Runs(TextWriter writer, RunTable table)
    {
        writer.WriteLine("<h2>All runs</h2><div class=\"wide\"><table><thead><tr>");
        foreach (string axis in table.Varying)
        {
            writer.WriteLine($"<th class=\"text\"><button>{Text(axis)}</button></th>");
        }

        foreach (string metric in table.Metrics)
        {
            writer.WriteLine($"<th><button>{Text(MetricText.Name(metric))}</button></th>");
        }

        writer.WriteLine("</tr></thead><tbody>");
        foreach (StoredRun run in table.Runs)
        {
            IEnumerable<string> axes = table.Varying.Select(axis => AxisCell(RunTable.Brief(axis, run.Point[axis])));
            IEnumerable<string> metrics = table.Metrics.Select(metric => run.Metrics!.TryGetValue(metric, out double value)
                ? $"<td data-v=\"{value.ToString("R", CultureInfo.InvariantCulture)}\">{Text(MetricText.Format(metric, value))}</td>" : "<td>-</td>");
            writer.WriteLine($"<tr>{string.Concat(axes)}{string.Concat(metrics)}</tr>");
        }

        writer.WriteLine("</tbody></table></div>");
    }

    private static string AxisCell(string value) => RunTable.TryNumber(value, out double number)
        ? $"<td class=\"text\" data-v=\"{number.ToString("R", CultureInfo.InvariantCulture)}\">{Text(value)}</td>"
        : $"<td class=\"text\">{Text(value)}</td>";

    private static void Failures(TextWriter writer, RunTable table)
    {
        if (table.Failed.Count > 0)
        {
            writer.WriteLine("<h2>Failed</h2><ul>");
            foreach (StoredRun run in table.Failed)
            {
                writer.WriteLine($"<li><code>{Text(run.Point.ToString())}</code>: {Text(run.Problem ?? "")}</li>");
            }

            writer.WriteLine("</ul>");
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
