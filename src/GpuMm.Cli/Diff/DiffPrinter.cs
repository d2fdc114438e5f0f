using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using GpuMm.Cli.Sweep;
using GpuMm.Lab.Diff;
using GpuMm.Lab.Gate;
using GpuMm.Lab.Report;
using GpuMm.Primitives;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Diff;

/// <summary>Prints comparisons of runs.</summary>
internal static class DiffPrinter
{
    private const int SchemaVersion = 1;

    public static void Write(TextWriter writer, RunDiff diff, string nameA, string nameB, int limit)
    {
        writer.WriteLine($"A  {nameA}");
        writer.WriteLine($"B  {nameB}");
        writer.WriteLine();
        ObjectLedger change = diff.TotalB - diff.TotalA;
        List<string[]> rows =
        [
            ["", "A", "B", "B - A"],
            ["moved in", Size(diff.TotalA.MovedInBytes), Size(diff.TotalB.MovedInBytes), Change(change.MovedInBytes)],
            ["moved out", Size(diff.TotalA.MovedOutBytes), Size(diff.TotalB.MovedOutBytes), Change(change.MovedOutBytes)],
            ["evictions", Number(diff.TotalA.Evictions), Number(diff.TotalB.Evictions), Signed(change.Evictions)],
            ["faults", Number(diff.TotalA.Faults), Number(diff.TotalB.Faults), Signed(change.Faults)],
            [Words(diff.Cut), Number(diff.CountA), Number(diff.CountB), Signed(diff.CountB - diff.CountA)],
        ];
        RunPrinter.Columns(writer, rows, 1);
        writer.WriteLine();
        if (diff.First is not { } first)
        {
            writer.WriteLine("The same decisions in the same order, to the last one.");
            return;
        }

        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"They part in {Word(diff.Cut)} {first.Piece + 1}, after {first.Decision} decisions alike in it (it ends at {Time(first.TimeNsA)} in A, {Time(first.TimeNsB)} in B):"));
        writer.WriteLine($"  A  {Sentence(first.A, diff.Cut)}");
        writer.WriteLine($"  B  {Sentence(first.B, diff.Cut)}");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{diff.DifferentCount} of {Math.Max(diff.CountA, diff.CountB)} {Words(diff.Cut)} differ."));
        writer.WriteLine();
        writer.WriteLine(diff.Objects.Count > limit ? $"Who changed, B - A; {limit} of {diff.Objects.Count} objects (--limit for more):" : $"Who changed, B - A; {diff.Objects.Count} objects:");
        List<string[]> objects = [["object", "moved in", "moved out", "evictions", "faults"]];
        objects.AddRange(diff.Objects.Take(limit).Select(static pair => (string[])
        [
            pair.Key, Change(pair.Value.MovedInBytes), Change(pair.Value.MovedOutBytes), Signed(pair.Value.Evictions), Signed(pair.Value.Faults),
        ]));
        RunPrinter.Columns(writer, objects, 1);
    }

    public static void Write(TextWriter writer, GateReport report, int limit)
    {
        GateFinding[] changed = [.. report.Findings.Where(static finding => finding.Verdict != GateVerdict.Same).OrderByDescending(Relative)];
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{changed.Length} of {report.Findings.Count} metrics differ."));
        if (changed.Length == 0)
        {
            return;
        }

        writer.WriteLine();
        List<string[]> rows = [["run", "metric", "A", "B", "change"]];
        rows.AddRange(changed.Take(limit).Select(static finding => (string[])
        [
            finding.Point.ToString(), finding.Metric, Value(finding.Metric, finding.Baseline), Value(finding.Metric, finding.Current),
            finding.Metric.Length == 0 ? finding.Remark
                : finding.Baseline != 0 && double.IsFinite(finding.Baseline + finding.Current) ? ((finding.Current - finding.Baseline) / Math.Abs(finding.Baseline)).ToString("+0.##%;-0.##%;0%", CultureInfo.InvariantCulture) : "-",
        ]));
        RunPrinter.Columns(writer, rows, 2);
        if (changed.Length > limit)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {changed.Length - limit} more (--limit)."));
        }
    }

    public static JsonObject Json(RunDiff diff, string nameA, string nameB) => new()
    {
        ["schemaVersion"] = SchemaVersion,
        ["a"] = Run(nameA, diff.TotalA, diff.CountA),
        ["b"] = Run(nameB, diff.TotalB, diff.CountB),
        ["alignedBy"] = Word(diff.Cut),
        ["differing"] = diff.DifferentCount,
        ["firstDivergence"] = diff.First is not { } first ? null : new JsonObject
        {
            ["number"] = first.Piece + 1,
            ["sharedDecisions"] = first.Decision,
            ["endNsA"] = first.TimeNsA,
            ["endNsB"] = first.TimeNsB,
            ["a"] = Json(first.A),
            ["b"] = Json(first.B),
        },
        ["objects"] = new JsonArray([.. diff.Objects.Select(static pair => Ledger(new JsonObject { ["name"] = pair.Key }, pair.Value))]),
    };

    public static JsonObject Json(GateReport report, string nameA, string nameB) => new()
    {
        ["schemaVersion"] = SchemaVersion,
        ["a"] = nameA,
        ["b"] = nameB,
        ["metrics"] = report.Findings.Count,
        ["changes"] = new JsonArray([.. report.Findings.Where(static finding => finding.Verdict != GateVerdict.Same).Select(static finding => new JsonObject
        {
            ["run"] = finding.Point.ToString(),
            ["metric"] = finding.Metric,
            ["a"] = double.IsFinite(finding.Baseline) ? finding.Baseline : null,
            ["b"] = double.IsFinite(finding.Current) ? finding.Current : null,
            ["remark"] = finding.Metric.Length == 0 ? finding.Remark : null,
        })]),
    };

    private static JsonObject Run(string name, ObjectLedger total, int count) => Ledger(new JsonObject { ["name"] = name, ["pieces"] = count }, total);

    private static JsonObject Ledger(JsonObject into, ObjectLedger ledger)
    {
        into["movedInBytes"] = ledger.MovedInBytes;
        into["movedOutBytes"] = ledger.MovedOutBytes;
        into["evictions"] = ledger.Evictions;
        into["faults"] = ledger.Faults;
        return into;
    }

    private static JsonObject? Json(RunDecision? decision) => decision is not { } d ? null : new JsonObject
    {
        ["kind"] = d.Kind.ToString().ToLowerInvariant(),
        ["object"] = d.Target,
        ["for"] = d.Other,
        ["from"] = d.From.ToString(),
        ["to"] = d.To.ToString(),
        ["sizeBytes"] = d.SizeBytes,
    };

    private static string Sentence(RunDecision? decision, RunCut cut) => decision is not { } d ? $"does nothing more in this {Word(cut)}." : d.Kind switch
    {
        TraceKind.Move => $"moves {d.Target} from {d.From} to {d.To} ({ByteSize.Format(d.SizeBytes)}{(d.Other is null ? "" : $", for {d.Other}")}).",
        TraceKind.Evict => $"evicts {d.Target} from {d.From}{(d.Other is null ? "" : $" for {d.Other}")} ({ByteSize.Format(d.SizeBytes)}).",
        TraceKind.Fault => $"serves a fault on {d.Target}.",
        TraceKind.Purge => $"drops the contents of {d.Target} ({ByteSize.Format(d.SizeBytes)}).",
        TraceKind.SwapOut => $"swaps {d.Target} out ({ByteSize.Format(d.SizeBytes)}).",
        _ => $"swaps {d.Target} in ({ByteSize.Format(d.SizeBytes)}).",
    };

    private static string Word(RunCut cut) => cut switch
    {
        RunCut.Frame => "frame",
        RunCut.Job => "job",
        RunCut.ThousandUses => "thousand uses",
        _ => "run",
    };

    private static string Words(RunCut cut) => cut == RunCut.ThousandUses ? "thousands of uses" : Word(cut) + "s";

    private static double Relative(GateFinding finding) =>
        !double.IsFinite(finding.Baseline + finding.Current) ? double.PositiveInfinity
        : Math.Abs(finding.Current - finding.Baseline) / Math.Max(Math.Abs(finding.Baseline), 1e-12);

    private static string Value(string metric, double value) => double.IsFinite(value) ? MetricText.Format(metric, value) : "-";

    private static string Time(long ns) => MetricText.Format("at-ns", ns);

    private static string Size(long bytes) => ByteSize.Format((ulong)bytes);

    private static string Change(long bytes) => bytes == 0 ? "0" : $"{(bytes < 0 ? "-" : "+")}{ByteSize.Format((ulong)Math.Abs(bytes))}";

    private static string Signed(long number) => number.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
