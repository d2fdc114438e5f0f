using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using GpuMm.Lab.Gate;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Check;

/// <summary><c>gpumm check</c>: a gate for CI. Are these results worse than those of the baseline?</summary>
internal static class CheckCommand
{
    private static readonly Argument<string> s_results = new("results") { Description = "The results of now, as gpumm sweep --out wrote them.", HelpName = "results.db" };

    private static readonly Option<string> s_baseline = new("--baseline") { Description = "The results to compare with.", HelpName = "baseline.db", Required = true };

    private static readonly Option<string[]> s_allow = new("--allow")
    {
        Description = "How much worse a metric may be: p99-ns:5%, misses:0, fps:3%:higher, *:1%+10. Default: not at all. May be given several times.",
        HelpName = "metric:slack",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string?> s_markdown = new("--markdown") { Description = "Write Markdown to this file; it goes to stdout all the same.", HelpName = "file.md" };

    private static readonly Option<string?> s_junit = new("--junit") { Description = "Write a JUnit file.", HelpName = "file.xml" };

    public static Command Create()
    {
        Command command = new("check", "Compare results with a baseline; exit code 3 when they are worse than is allowed.")
        {
            s_results, s_baseline, s_allow, s_markdown, s_junit,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        List<GateRule> rules = [];
        foreach (string text in parsed.GetValue(s_allow) ?? [])
        {
            if (!GateRule.TryParse(text, out GateRule rule))
            {
                Console.Error.WriteLine($"gpumm: --allow {text}: give a metric and what it may be worse by, such as p99-ns:5% or misses:0.");
                return ExitCode.Usage;
            }

            rules.Add(rule);
        }

        try
        {
            GateReport report = GateReport.Compare(Read(parsed.GetValue(s_baseline)!), Read(parsed.GetValue(s_results)!), rules);
            if (rules.FirstOrDefault(rule => rule.Metric != "*" && report.Findings.All(finding => finding.Metric != rule.Metric)) is { Metric: not null } unused)
            {
                Console.Error.WriteLine($"gpumm: --allow {unused.Metric}: no run has that metric; give one of {string.Join(", ", report.Findings.Select(static finding => finding.Metric).Where(static name => name.Length > 0).Distinct(StringComparer.Ordinal))}.");
                return ExitCode.Usage;
            }

            GateMarkdown.Write(Console.Out, report);
            WriteTo(parsed.GetValue(s_markdown), writer => GateMarkdown.Write(writer, report));
            WriteTo(parsed.GetValue(s_junit), writer => GateJUnit.Write(writer, report));
            return report.IsGood ? ExitCode.Ok : ExitCode.Gate;
        }
        catch (Exception failure) when (failure is SweepRunException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return failure is FileNotFoundException ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    private static IReadOnlyList<StoredRun> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file; gpumm sweep --out {path} makes it.");
        }

        using ResultStore store = ResultStore.Open(path);
        IReadOnlyList<StoredRun> runs = store.All();
        return runs.Count > 0 ? runs : throw new SweepRunException($"{path}: there are no results in it.");
    }

    private static void WriteTo(string? path, Action<StreamWriter> write)
    {
        if (path is not null)
        {
            using StreamWriter writer = new(path);
            write(writer);
        }
    }
}
