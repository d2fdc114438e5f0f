using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMm.Lab.Report;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>Prints runs: as a table for people, or as data with raw numbers.</summary>
internal static class RunPrinter
{
    private const int SchemaVersion = 1;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static void Write(TextWriter writer, IReadOnlyList<StoredRun> runs, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                JsonObject document = new() { ["schemaVersion"] = SchemaVersion, ["runs"] = new JsonArray([.. runs.Select(Json)]) };
                writer.WriteLine(document.ToJsonString(s_indented));
                break;
            case OutputFormat.Ndjson:
                foreach (StoredRun run in runs)
                {
                    writer.WriteLine(Json(run).ToJsonString());
                }

                break;
            case OutputFormat.Csv:
                Csv(writer, new RunTable(runs));
                break;
            default:
                Table(writer, new RunTable(runs));
                break;
        }
    }

    /// <summary>Aligned columns, two blanks apart; numbers to the right.</summary>
    public static void Columns(TextWriter writer, IReadOnlyList<string[]> rows, int textColumns)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => column < textColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static JsonObject Json(StoredRun run)
    {
        JsonObject metrics = [];
        foreach (KeyValuePair<string, double> metric in run.Metrics ?? new Dictionary<string, double>(StringComparer.Ordinal))
        {
            metrics[metric.Key] = double.IsFinite(metric.Value) ? JsonValue.Create(metric.Value) : null;
        }

        JsonObject point = [];
        foreach (KeyValuePair<string, string> value in run.Point.Values)
        {
            point[value.Key] = value.Value;
        }

        JsonObject document = new() { ["key"] = run.Key, ["run"] = point, ["metrics"] = metrics };
        if (run.Problem is not null)
        {
            document["problem"] = run.Problem;
        }

        return document;
    }

    private static void Csv(TextWriter writer, RunTable table)
    {
        writer.WriteLine(string.Join(',', table.Axes.Concat(table.Metrics).Select(Quote)));
        foreach (StoredRun run in table.Runs)
        {
            IEnumerable<string> axes = table.Axes.Select(axis => Quote(run.Point[axis] ?? ""));
            IEnumerable<string> metrics = table.Metrics.Select(metric =>
                run.Metrics!.TryGetValue(metric, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "");
            writer.WriteLine(string.Join(',', axes.Concat(metrics)));
        }
    }

    private static void Table(TextWriter writer, RunTable table)
    {
        if (table.Runs.Count > 0)
        {
            string[] axes = [.. table.Varying.Count > 0 ? table.Varying : table.Axes];
            string[] constant = [.. table.Runs.Count < 3 ? [] : table.Metrics.Where(table.IsConstant)];
            string[] metrics = [.. table.Metrics.Except(constant, StringComparer.Ordinal)];
            List<string[]> rows = [[.. axes, .. metrics.Select(Heading)]];
            rows.AddRange(table.Runs.Select(run => (string[])
            [
                .. axes.Select(axis => run.Point[axis] ?? "-"),
                .. metrics.Select(metric => run.Metrics!.TryGetValue(metric, out double value) ? MetricText.Format(metric, value) : "-"),
            ]));
            Columns(writer, rows, axes.Length);
            if (constant.Length > 0)
            {
                writer.WriteLine();
                writer.WriteLine($"In every run: {string.Join(", ", constant.Select(metric => $"{Heading(metric)} {MetricText.Format(metric, table.Runs[0].Metrics![metric])}"))}.");
            }
        }

        // One reason often stops many runs; it is told once.
        foreach (IGrouping<string?, StoredRun> failed in table.Failed.GroupBy(static run => run.Problem, StringComparer.Ordinal))
        {
            string others = failed.Count() > 1 ? $" and {failed.Count() - 1} more" : "";
            writer.WriteLine($"failed: {failed.First().Point}{others}: {failed.Key}");
        }
    }

    // The unit stands with each value, so it need not stand in the heading.
    private static string Heading(string metric)
    {
        foreach (string unit in (ReadOnlySpan<string>)["-ns", "-bytes", "-ratio"])
        {
            if (metric.EndsWith(unit, StringComparison.Ordinal))
            {
                return metric[..^unit.Length];
            }
        }

        return metric;
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
