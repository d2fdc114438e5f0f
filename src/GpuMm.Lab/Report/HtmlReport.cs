using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using GpuMm.Lab.Sweep;

namespace GpuMm.Lab.Report;

/// <summary>Writes the runs of a sweep as one page that needs nothing else: plots inside, tables that sort, light and dark.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8886; --soft: #8881; }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; white-space: nowrap; }
        th:first-child, td:first-child, th.text, td.text { text-align: left; }
        th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid; }
        tbody tr:hover { background: var(--soft); } .wide { overflow-x: auto; }
        figure { margin: 1rem 0; background: white; } figure svg { max-width: 100%; height: auto; display: block; }
        """;

    private const string Script = """
        for (const head of document.querySelectorAll('th button')) head.addEventListener('click', () => {
          const th = head.closest('th'), body = th.closest('table').tBodies[0], at = th.cellIndex;
          const up = th.getAttribute('aria-sort') !== 'ascending';
          for (const other of th.parentNode.cells) other.removeAttribute('aria-sort');
          th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
          const key = row => row.cells[at].dataset.v ?? row.cells[at].textContent;
          [...body.rows].sort((a, b) => { const x = key(a), y = key(b), d = x - y; return (up ? 1 : -1) * (isNaN(d) ? x.localeCompare(y) : d); }).forEach(r => body.append(r));
        });
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="title">What was swept.</param>
    /// <param name="table">The runs.</param>
    /// <param name="made">How it was made: the command line.</param>
    public static void Write(TextWriter writer, string title, RunTable table, string made)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(table);
        writer.WriteLine($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><style>{Style}</style>");
        writer.WriteLine($"<h1>{Text(title)}</h1><p>{table.Runs.Count} runs, {table.Failed.Count} failed. Made by <code>{Text(made)}</code>. Times are of the model, not of this machine.</p>");
        Fixed(writer, table);
        Plots(writer, table);
        Runs(writer, table);
        Failures(writer, table);
        writer.WriteLine($"<script>{Script}</script></html>");
    }

    private static void Fixed(TextWriter writer, RunTable table)
    {
        string[] same = [.. table.Axes.Except(table.Varying, StringComparer.Ordinal).Select(axis => $"{axis} {table.Runs[0].Point[axis]}")];
        if (same.Length > 0)
        {
            writer.WriteLine($"<p>The same in every run: {Text(string.Join(", ", same))}.</p>");
        }
    }

    private static void Plots(TextWriter writer, RunTable table)
    {
        if (table.XAxis is not { } axis)
        {
            writer.WriteLine("<p>No axis of numbers varies, so there is nothing to plot against.</p>");
            return;
        }

        bool isSize = axis is "vram" or "bar" or "aperture";
        double xUnit = !isSize ? 1 : table.Runs.Any(run => RunTable.TryNumber(run.Point[axis]!, out double x) && x >= 1L << 30) ? 1L << 30 : 1 << 20;
        foreach (string metric in table.Metrics)
        {
            (string unit, double divisor) = MetricText.PlotUnit(metric);
            IReadOnlyList<PlotSeries> lines = [.. table.Series(metric, xUnit).Select(line => line with { Y = [.. line.Y.Select(y => y / divisor)] })];
            if (lines.Count is 0 or > SeriesPlot.MaxSeries)
            {
                writer.WriteLine($"<p>{Text(metric)}: {lines.Count} lines are too many for one plot; see the table.</p>");
                continue;
            }

            string x = !isSize ? axis : xUnit > 1 << 20 ? $"{axis} (GiB)" : $"{axis} (MiB)";
            using SeriesPlot plot = new($"{metric} against {axis}", x, unit.Length == 0 ? metric : $"{metric[..metric.LastIndexOf('-')]} ({unit})", lines);
            writer.WriteLine($"<h2>{Text(metric)}</h2><figure role=\"img\" aria-label=\"{Text(metric)} against {Text(axis)}\">{plot.ToSvg()}</figure>");
        }
    }

    private static void Runs(TextWriter writer, RunTable table)
    {
        writer.WriteLine("<h2>Runs</h2><div class=\"wide\"><table><thead><tr>");
        foreach (string axis in table.Varying)
        {
            writer.WriteLine($"<th class=\"text\"><button>{Text(axis)}</button></th>");
        }

        foreach (string metric in table.Metrics)
        {
            writer.WriteLine($"<th><button>{Text(metric)}</button></th>");
        }

        writer.WriteLine("</tr></thead><tbody>");
        foreach (StoredRun run in table.Runs)
        {
            IEnumerable<string> axes = table.Varying.Select(axis => AxisCell(run.Point[axis] ?? "-"));
            IEnumerable<string> metrics = table.Metrics.Select(metric => run.Metrics!.TryGetValue(metric, out double value)
                ? $"<td data-v=\"{value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}\">{Text(MetricText.Format(metric, value))}</td>" : "<td>-</td>");
            writer.WriteLine($"<tr>{string.Concat(axes)}{string.Concat(metrics)}</tr>");
        }

        writer.WriteLine("</tbody></table></div>");
    }

    private static string AxisCell(string value) => RunTable.TryNumber(value, out double number)
        ? $"<td class=\"text\" data-v=\"{number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}\">{Text(value)}</td>"
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
