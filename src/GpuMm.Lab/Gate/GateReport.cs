using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Lab.Sweep;

namespace GpuMm.Lab.Gate;

/// <summary>A comparison of runs with a baseline, for a gate in CI.</summary>
public sealed class GateReport
{
    private GateReport(IReadOnlyList<GateFinding> findings) => Findings = findings;

    /// <summary>Every metric of every run, in the order of the baseline; then what is new.</summary>
    public IReadOnlyList<GateFinding> Findings { get; }

    /// <summary>Nothing is worse and nothing is missing.</summary>
    public bool IsGood => !Findings.Any(static finding => finding.Verdict is GateVerdict.Worse or GateVerdict.Missing);

    /// <summary>Counts findings.</summary>
    /// <param name="verdict">The verdict to count.</param>
    public int Count(GateVerdict verdict) => Findings.Count(finding => finding.Verdict == verdict);

    /// <summary>
    /// Compares. Runs are matched by what was run, whatever the order of the axes; not by key, since the version may differ.
    /// Traces are the same when their file names are, wherever they lie, unless one side has two traces of that name.
    /// </summary>
    /// <param name="baseline">The runs before.</param>
    /// <param name="current">The runs now.</param>
    /// <param name="rules">What is allowed, by metric; the first that names a metric decides, then the first "*", then <see cref="GateRule.Strict"/>.</param>
    public static GateReport Compare(IReadOnlyList<StoredRun> baseline, IReadOnlyList<StoredRun> current, IReadOnlyList<GateRule> rules)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(rules);
        HashSet<string> ambiguous = [.. Ambiguous(baseline), .. Ambiguous(current)];
        string Name(SweepPoint point) => NameOf(point, ambiguous);
        Dictionary<string, StoredRun> now = [];
        foreach (StoredRun run in current)
        {
            now[Name(run.Point)] = run;
        }

        List<GateFinding> findings = [];
        foreach (StoredRun before in baseline.Where(static run => run.Metrics is not null))
        {
            now.Remove(Name(before.Point), out StoredRun? after);
            if (after?.Metrics is null)
            {
                findings.Add(new GateFinding(
                    before.Point, "", double.NaN, double.NaN, GateVerdict.Missing, after is null ? "the run is gone" : $"the run failed: {after.Problem}"));
                continue;
            }

            foreach (string metric in before.Metrics!.Keys.Union(after.Metrics.Keys, StringComparer.Ordinal))
            {
                findings.Add(Judge(before, after, metric, rules));
            }
        }

        findings.AddRange(current.Where(run => now.ContainsKey(Name(run.Point)))
            .Select(static run => new GateFinding(run.Point, "", double.NaN, double.NaN, GateVerdict.New, "not in the baseline")));
        return new GateReport(findings);
    }

    private static GateFinding Judge(StoredRun before, StoredRun after, string metric, IReadOnlyList<GateRule> rules)
    {
        bool had = before.Metrics!.TryGetValue(metric, out double baseline);
        bool has = after.Metrics!.TryGetValue(metric, out double current);
        if (!had || !has)
        {
            return new GateFinding(
                before.Point, metric, had ? baseline : double.NaN, has ? current : double.NaN, had ? GateVerdict.Missing : GateVerdict.New,
                had ? "the metric is gone" : "not in the baseline");
        }

        GateRule rule = RuleFor(metric, rules);
        double worse = rule.Worse(baseline, current);
        double allowed = rule.Allowed(baseline);
        // Written so that a NaN, which compares with nothing, is not good.
        GateVerdict verdict = !(worse <= allowed) ? GateVerdict.Worse : -worse > allowed ? GateVerdict.Better : GateVerdict.Same;
        return new GateFinding(before.Point, metric, baseline, current, verdict, Change(baseline, current, allowed));
    }

    private static GateRule RuleFor(string metric, IReadOnlyList<GateRule> rules)
    {
        foreach (string name in (ReadOnlySpan<string>)[metric, "*"])
        {
            foreach (GateRule rule in rules)
            {
                if (string.Equals(rule.Metric, name, StringComparison.Ordinal))
                {
                    return rule;
                }
            }
        }

        return GateRule.Strict;
    }

    private static string Change(double baseline, double current, double allowed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{current - baseline:+0.###;-0.###;0}{(baseline == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({(current - baseline) / Math.Abs(baseline):+0.##%;-0.##%;0%})"))}, allowed {allowed:0.###}");

    private static IEnumerable<string> Ambiguous(IReadOnlyList<StoredRun> runs) => runs.Select(static run => run.Point["trace"]).OfType<string>()
        .Distinct(StringComparer.Ordinal).GroupBy(FileName, StringComparer.Ordinal).Where(static paths => paths.Count() > 1).Select(static paths => paths.Key);

    private static string NameOf(SweepPoint point, HashSet<string> ambiguous) =>
        string.Join('\n', point.Values.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            $"{pair.Key}={(pair.Key == "trace" && !ambiguous.Contains(FileName(pair.Value)) ? FileName(pair.Value) : pair.Value)}"));

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
