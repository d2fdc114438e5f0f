using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary><c>gpumm sweep</c>: every combination of traces, policies, sizes and machines, stored so that nothing is done twice.</summary>
internal static class SweepCommand
{
    private static readonly Argument<string[]> s_traces = new("trace")
    {
        Description = "Trace files, or demo:sponza and the like.",
        HelpName = "TRACE",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> s_out = new("--out", "-o")
    {
        Description = "Keep results in this file (SQLite): a sweep that is stopped goes on from there. Default: nowhere.",
        HelpName = "results.db",
    };

    private static readonly Option<string?> s_shard = new("--shard")
    {
        Description = "Do only part i of N (from 0), on each of N machines; auto takes i from a Slurm array or a Kubernetes Indexed Job.",
        HelpName = "i/N|auto/N|auto",
    };

    private static readonly Option<int> s_jobs = new("--jobs", "-j")
    {
        Description = "Runs side by side. Default: all cores.",
        HelpName = "number",
        DefaultValueFactory = static _ => Environment.ProcessorCount,
    };

    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Print the runs, one a line, and do none." };

    public static Command Create()
    {
        Command command = new("sweep", "Run every combination of traces, policies, sizes and machines; all cores, stored, resumable, shareable.")
        {
            s_traces, s_out, s_shard, s_jobs, s_dryRun,
        };
        SweepAxes.AddTo(command);
        RunOutput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        SweepMatrix? matrix = null;
        SubjectRunner? runner = null;
        int jobs = 0;
        if (!TryShard(parsed, out SweepShard shard, out string? problem) || !TryJobs(parsed, out jobs, out problem) ||
            !SweepAxes.TryRead(parsed, parsed.GetValue(s_traces)!, out matrix, out runner, out problem))
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return Task.FromResult(ExitCode.Usage);
        }

        using SubjectRunner owned = runner!;
        if (parsed.GetValue(s_dryRun))
        {
            for (int i = 0; i < matrix!.Count; i++)
            {
                if (shard.Has(i))
                {
                    Console.Out.WriteLine(matrix[i]);
                }
            }

            return Task.FromResult(ExitCode.Ok);
        }

        try
        {
            return Task.FromResult(Sweep(parsed, matrix!, shard, runner!, jobs, cancellationToken));
        }
        catch (SweepRunException failure)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return Task.FromResult(ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(parsed.GetValue(s_out) is { } path
                ? $"gpumm: stopped; {path} holds what was done, and the same command goes on from there."
                : "gpumm: stopped; with --out FILE.db the next sweep would go on from there.");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private static int Sweep(ParseResult parsed, SweepMatrix matrix, SweepShard shard, SubjectRunner runner, int jobs, CancellationToken cancellationToken)
    {
        using ResultStore store = ResultStore.Open(parsed.GetValue(s_out) ?? ":memory:");
        SweepProgress end;
        using (SweepDisplay display = new(RunOutput.NoColor(parsed)))
        {
            end = SweepExecutor.Run(matrix, shard, runner, store, jobs, display.Tell, cancellationToken);
        }

        List<StoredRun> runs = [];
        for (int i = 0; i < matrix.Count; i++)
        {
            if (shard.Has(i) && store.Get(RunKey.Of(matrix[i], runner.Inputs(matrix[i]), runner.Version)) is { } run)
            {
                // Stored under the names of an earlier sweep, perhaps: show the names of this one.
                runs.Add(run with { Point = matrix[i] });
            }
        }

        RunPrinter.Write(Console.Out, runs, RunOutput.Format(parsed));
        if (end.Failed > 0)
        {
            Console.Error.WriteLine($"gpumm: {end.Failed} of {end.Total} runs failed; the reasons are in the output.");
        }

        return end.Failed > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    private static bool TryShard(ParseResult parsed, out SweepShard shard, out string? problem)
    {
        shard = SweepShard.Whole;
        problem = null;
        if (parsed.GetValue(s_shard) is { } text && !SweepShard.TryParse(text, Environment.GetEnvironmentVariable, out shard, out string? why))
        {
            problem = $"--shard {text}: {why}.";
        }

        return problem is null;
    }

    private static bool TryJobs(ParseResult parsed, out int jobs, out string? problem)
    {
        jobs = parsed.GetValue(s_jobs);
        problem = jobs is < 1 or > 1024 ? $"--jobs {jobs}: give a number from 1 to 1024." : null;
        return problem is null;
    }
}
