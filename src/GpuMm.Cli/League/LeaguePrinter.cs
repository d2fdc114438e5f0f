using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMm.Cli.Sweep;
using GpuMm.Lab.League;
using GpuMm.Primitives;

namespace GpuMm.Cli.League;

/// <summary>Prints a league: as a table for people, or as data with raw numbers.</summary>
internal static class LeaguePrinter
{
    private const int SchemaVersion = 1;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static void Write(TextWriter writer, LeagueResult result, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                JsonObject document = new()
                {
                    ["schemaVersion"] = SchemaVersion,
                    ["trace"] = result.Trace,
                    ["records"] = result.Records,
                    ["objects"] = result.Objects,
                    [result.CountsObjects ? "workingSetObjects" : "workingSetBytes"] = result.WorkingSet,
                    ["oneSize"] = result.IsOneSize,
                    ["rows"] = new JsonArray([.. result.Rows.Select(row => (JsonNode)Json(result, row))]),
                };
                writer.WriteLine(document.ToJsonString(s_indented));
                break;
            case OutputFormat.Ndjson:
                foreach (LeagueRow row in result.Rows)
                {
                    writer.WriteLine(Json(result, row).ToJsonString());
                }

                break;
            case OutputFormat.Csv:
                Csv(writer, result);
                break;
            default:
                Text(writer, result);
                break;
        }
    }

    private static JsonObject Json(LeagueResult result, LeagueRow row) => new()
    {
        ["trace"] = result.Trace,
        ["policy"] = row.Policy,
        [result.CountsObjects ? "capacityObjects" : "capacityBytes"] = row.Capacity,
        ["requests"] = row.Counts.Requests,
        ["misses"] = row.Counts.Misses,
        ["missRatio"] = row.MissRatio,
        ["missBytes"] = row.Counts.MissBytes,
        ["byteMissRatio"] = row.ByteMissRatio,
        ["evictions"] = row.Counts.Evictions,
        ["refusals"] = row.Counts.Refusals,
        ["aboveOptimum"] = row.AboveOptimum,
        ["aboveBound"] = row.AboveBound,
    };

    private static void Csv(TextWriter writer, LeagueResult result)
    {
        writer.WriteLine($"trace,policy,{(result.CountsObjects ? "capacity_objects" : "capacity_bytes")},requests,misses,miss_bytes,miss_ratio,byte_miss_ratio,evictions,refusals,above_optimum,above_bound");
        foreach (LeagueRow row in result.Rows)
        {
            string trace = result.Trace.Contains(',', System.StringComparison.Ordinal) ? $"\"{result.Trace}\"" : result.Trace;
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{trace},{row.Policy},{row.Capacity},{row.Counts.Requests},{row.Counts.Misses},{row.Counts.MissBytes},{row.MissRatio:R},{row.ByteMissRatio:R},{row.Counts.Evictions},{row.Counts.Refusals},{row.AboveOptimum:R},{row.AboveBound:R}"));
        }
    }

    private static void Text(TextWriter writer, LeagueResult result)
    {
        string set = result.CountsObjects ? $"{result.WorkingSet} objects" : ByteSize.Format(result.WorkingSet);
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Trace}: {result.Records} requests, {result.Objects} objects, working set {set}{(result.IsOneSize ? ", all of one size" : "")}"));
        writer.WriteLine();
        List<string[]> rows = [["size", "policy", "misses", "miss ratio", "missed", "byte ratio", "above belady", "above bound"]];
        foreach (IGrouping<long, LeagueRow> size in result.Rows.GroupBy(static row => row.Capacity))
        {
            foreach (LeagueRow row in size.OrderBy(static row => row.Counts.Misses))
            {
                rows.Add(
                [
                    result.CountsObjects ? row.Capacity.ToString(CultureInfo.InvariantCulture) : ByteSize.Format((ulong)row.Capacity),
                    row.Policy,
                    row.Counts.Misses.ToString(CultureInfo.InvariantCulture),
                    row.MissRatio.ToString("0.0000", CultureInfo.InvariantCulture),
                    result.CountsObjects ? "" : ByteSize.Format(row.Counts.MissBytes),
                    row.ByteMissRatio.ToString("0.0000", CultureInfo.InvariantCulture),
                    Percent(row.AboveOptimum),
                    Percent(row.AboveBound),
                ]);
            }
        }

        RunPrinter.Columns(writer, rows, textColumns: 2);
        writer.WriteLine();
        writer.WriteLine(result.IsOneSize
            ? "belady: the farthest next use goes first; the fewest misses possible. bound: what no policy can go below."
            : "belady: the farthest next use goes first; with unequal sizes others may have fewer misses. bound: what no policy can go below.");
        writer.WriteLine("The trace has no timing, so no stalls are told. Sizes given as shares are rounded down to whole pages.");
    }

    private static string Percent(double? share) =>
        share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:+0.0;-0.0;0.0} %") : "-";
}
