using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using GpuMm.Cli.Sweep;
using GpuMm.Diagnostics;
using GpuMm.Lab.Report;
using GpuMm.Primitives;

namespace GpuMm.Cli.Explain;

/// <summary>Prints explanations of evictions.</summary>
internal static class ExplainPrinter
{
    private const int SchemaVersion = 1;

    public static void Object(
        TextWriter writer, EvictionJournal journal, ObjectNames names, ulong id, IReadOnlyList<EvictionRecord> evictions, int limit, string how, bool isJson)
    {
        int all = journal.EvictionsOf(id).Count;
        IReadOnlyList<DeviceEvent> history = journal.HistoryOf(id);
        if (isJson)
        {
            writer.WriteLine(new JsonObject
            {
                ["schemaVersion"] = SchemaVersion,
                ["object"] = names.NameOf(id),
                ["id"] = id,
                ["source"] = how,
                ["evictionCount"] = all,
                ["evictions"] = new JsonArray([.. evictions.Select(record => Json(record, names, Return(history, record)))]),
            }.ToJsonString(new() { WriteIndented = true }));
            return;
        }

        if (all == 0)
        {
            writer.WriteLine($"{names.NameOf(id)} was never evicted ({how}).");
        }
        else if (evictions.Count == 0)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names.NameOf(id)} was not evicted up to then; in all {all} times ({how})."));
        }
        else
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names.NameOf(id)} was evicted {all} times ({how}){(evictions.Count < all ? $"; {evictions.Count} of them" : "")}:"));
        }

        foreach (EvictionRecord record in evictions)
        {
            writer.WriteLine($"  {record}");
            writer.WriteLine(record.To == MemoryDomain.Vram ? "    It stayed in video memory, in another place."
                : Return(history, record) is { } back
                ? string.Create(CultureInfo.InvariantCulture, $"    It was back in video memory {Time(back - record.TimeNs)} later.")
                : "    It was not seen back in video memory.");
        }

        writer.WriteLine();
        writer.WriteLine("Its history, the latest last:");
        foreach (DeviceEvent occurred in history.TakeLast(limit))
        {
            writer.WriteLine($"  {EvictionText.Of(occurred)}");
        }
    }

    public static void Most(TextWriter writer, EvictionJournal journal, ObjectNames names, int limit, string how, string policy, bool isJson)
    {
        IReadOnlyList<EvictionRecord> all = journal.Evictions;
        IGrouping<ulong, EvictionRecord>[] victims = [.. all.GroupBy(static record => record.VictimId).OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key)];
        if (isJson)
        {
            writer.WriteLine(new JsonObject
            {
                ["schemaVersion"] = SchemaVersion,
                ["source"] = how,
                ["policy"] = policy,
                ["evictionCount"] = all.Count,
                ["objects"] = new JsonArray([.. victims.Take(limit).Select(group => new JsonObject
                {
                    ["object"] = names.NameOf(group.Key),
                    ["id"] = group.Key,
                    ["evictions"] = group.Count(),
                    ["movedBytes"] = group.Sum(static record => (long)record.SizeBytes),
                })]),
            }.ToJsonString(new() { WriteIndented = true }));
            return;
        }

        if (victims.Length == 0)
        {
            writer.WriteLine($"Nothing was evicted ({how}, {policy}).");
            return;
        }

        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all.Count:N0} evictions of {victims.Length:N0} objects ({how}, {policy}). Those evicted most; --object NAME explains each:"));
        List<string[]> rows = [["object", "evictions", "moved out"]];
        rows.AddRange(victims.Take(limit).Select(group => (string[])
        [
            names.NameOf(group.Key), group.Count().ToString(CultureInfo.InvariantCulture), ByteSize.Format((ulong)group.Sum(static record => (long)record.SizeBytes)),
        ]));
        RunPrinter.Columns(writer, rows, 1);
    }

    // When it was brought back after an eviction; null when that is not known.
    private static ulong? Return(IReadOnlyList<DeviceEvent> history, EvictionRecord record)
    {
        foreach (DeviceEvent occurred in history)
        {
            if (occurred.TimeNs >= record.TimeNs && occurred.Sequence > record.Sequence && occurred is { Kind: DeviceEventKind.MoveFinished, To: MemoryDomain.Vram, Status: MmStatus.Ok })
            {
                return occurred.TimeNs;
            }
        }

        return null;
    }

    private static JsonObject Json(EvictionRecord record, ObjectNames names, ulong? back) => new()
    {
        ["timeNs"] = record.TimeNs,
        ["evictor"] = names.NameOf(record.EvictorId),
        ["rank"] = record.Rank + 1,
        ["order"] = record.Order,
        ["from"] = record.From?.ToString(),
        ["to"] = record.To?.ToString(),
        ["sizeBytes"] = record.SizeBytes,
        ["costNs"] = record.CostNs,
        ["backAtNs"] = back,
        ["passed"] = new JsonArray([.. record.Passed.Select(passed => new JsonObject
        {
            ["object"] = names.NameOf(passed.ObjectId),
            ["rank"] = passed.Rank + 1,
            ["reason"] = EvictionText.ReasonOf(passed.Reason, passed.Status),
        })]),
        ["passedUntold"] = record.PassedUntold,
        ["sentence"] = record.ToString(),
    };

    private static string Time(ulong ns) => MetricText.Format("later-ns", ns);
}
