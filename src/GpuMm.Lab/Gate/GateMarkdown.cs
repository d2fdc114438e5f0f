using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace GpuMm.Lab.Gate;

/// <summary>Writes a comparison as Markdown, for the summary of a CI run or a comment on a change.</summary>
public static class GateMarkdown
{
    /// <summary>Writes it: a verdict, then a table of what changed; what stayed the same is only counted.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="report">The comparison.</param>
    public static void Write(TextWriter writer, GateReport report)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(report);
        writer.WriteLine(report.IsGood ? "## Residency: no regression" : "## Residency: regression");
        writer.WriteLine();
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Count(GateVerdict.Worse)} worse, {report.Count(GateVerdict.Missing)} missing, {report.Count(GateVerdict.Better)} better, {report.Count(GateVerdict.New)} new, {report.Count(GateVerdict.Same)} the same."));
        GateFinding[] changed = [.. report.Findings.Where(static finding => finding.Verdict != GateVerdict.Same).OrderBy(Rank)];
        if (changed.Length == 0)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine("| verdict | run | metric | baseline | now | change |");
        writer.WriteLine("|---|---|---|---:|---:|---|");
        foreach (GateFinding finding in changed)
        {
            writer.WriteLine($"| {Word(finding.Verdict)} | {Cell(finding.Point.ToString())} | {Cell(finding.Metric)} | {Number(finding.Baseline)} | {Number(finding.Current)} | {Cell(finding.Remark)} |");
        }
    }

    /// <summary>A verdict as one word.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Word(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Worse => "worse",
        GateVerdict.Missing => "missing",
        GateVerdict.Better => "better",
        GateVerdict.New => "new",
        GateVerdict.Same => "same",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>A metric's value; nothing when there is none.</summary>
    /// <param name="value">The value.</param>
    public static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static int Rank(GateFinding finding) => finding.Verdict switch
    {
        GateVerdict.Worse => 0,
        GateVerdict.Missing => 1,
        GateVerdict.Better => 2,
        _ => 3,
    };
}
