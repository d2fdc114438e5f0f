using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using GpuMm.Cli.Sweep;
using GpuMm.Lab.Report;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Report;

/// <summary><c>gpumm report</c>: the results of a sweep as one page with plots.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> s_results = new("results") { Description = "Results, as gpumm sweep --out wrote them.", HelpName = "results.db" };

    private static readonly Option<string?> s_out = new("--out", "-o") { Description = "The page. Default: the name of the results with .html.", HelpName = "report.html" };

    private static readonly Option<string[]?> s_pareto = AxisList.Words("--pareto", "Print the runs that nothing beats in two metrics at once (less is better), instead of the page.", "metric,metric");

    public static Command Create()
    {
        Command command = new("report", "Write the results of a sweep as one self-contained HTML page with plots.") { s_results, s_out, s_pareto };
        RunOutput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string path = parsed.GetValue(s_results)!;
        try
        {
            if (!File.Exists(path))
            {
                throw new FileNotFoundException($"{path}: there is no such file; gpumm sweep --out {path} makes it.");
            }

            using ResultStore store = ResultStore.Open(path);
            RunTable table = new(Latest(store.All(), path));
            if (table.Runs.Count == 0)
            {
                throw new SweepRunException($"{path}: there are no results in it.");
            }

            return parsed.GetValue(s_pareto) is { Length: > 0 } metrics ? Pareto(parsed, table, metrics) : Page(parsed, table, path);
        }
        catch (Exception failure) when (failure is SweepRunException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return failure is FileNotFoundException ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    // What several versions of the program stored is told by its latest run.
    private static List<StoredRun> Latest(IReadOnlyList<StoredRun> runs, string path)
    {
        Dictionary<string, StoredRun> latest = new(StringComparer.Ordinal);
        foreach (StoredRun run in runs)
        {
            if (run.Metrics is not null || !latest.ContainsKey(run.Point.ToString()))
            {
                latest[run.Point.ToString()] = run;
            }
        }

        if (latest.Count < runs.Count)
        {
            Console.Error.WriteLine($"gpumm: {path}: {runs.Count - latest.Count} runs of earlier versions are left out.");
        }

        return [.. latest.Values];
    }

    private static string Title(RunTable table)
    {
        string[] traces = [.. table.Runs.Select(static run => RunTable.Brief("trace", run.Point["trace"])).Distinct(StringComparer.Ordinal)];
        string[] axes = [.. table.Varying.Where(static axis => axis is not ("trace" or "seed"))];
        string what = traces.Length > 3 ? $"{traces.Length} traces" : string.Join(", ", traces);
        return axes.Length == 0 ? what : $"{what} by {string.Join(" and ", axes)}";
    }

    private static int Page(ParseResult parsed, RunTable table, string path)
    {
        string page = parsed.GetValue(s_out) ?? Path.ChangeExtension(path, ".html");
        using (StreamWriter writer = new(page))
        {
            HtmlReport.Write(writer, Title(table), table, $"gpumm report {Path.GetFileName(path)}");
        }

        Console.Out.WriteLine(page);
        return ExitCode.Ok;
    }

    private static int Pareto(ParseResult parsed, RunTable table, string[] metrics)
    {
        if (metrics.Length != 2 || metrics.FirstOrDefault(metric => !table.Metrics.Contains(metric, StringComparer.Ordinal)) is not null)
        {
            Console.Error.WriteLine($"gpumm: --pareto {string.Join(',', metrics)}: give two of {string.Join(", ", table.Metrics)}.");
            return ExitCode.Usage;
        }

        IReadOnlyList<StoredRun> front = table.ParetoFront(metrics[0], metrics[1]);
        RunPrinter.Write(Console.Out, front, RunOutput.Format(parsed));
        return ExitCode.Ok;
    }
}
