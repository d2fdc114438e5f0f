using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Cli.Sweep;
using GpuMm.Cli.Trace;
using GpuMm.Lab.League;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.League;

/// <summary><c>gpumm league</c>: every policy on one trace and many sizes, and how far each is from the optimum.</summary>
internal static class LeagueCommand
{
    private static readonly Option<string> s_policy = new("--policy", "-p")
    {
        Description = "Policies by name, belady and bound among them; all for every one.",
        HelpName = "lru,sieve,...",
        DefaultValueFactory = static _ => "all",
    };

    private static readonly Option<string> s_vram = new("--vram", "-s")
    {
        Description = "Sizes: bytes with a unit, a share of the working set (10% or 0.1), or auto for 0.1 % to 80 %.",
        HelpName = "4GiB,10%,auto",
        DefaultValueFactory = static _ => "auto",
    };

    private static readonly Option<bool> s_ignoreSize = new("--ignore-obj-size")
    {
        Description = "Every object counts as 1, and sizes are numbers of objects.",
    };

    private static readonly Option<string?> s_out = new("--out", "-o")
    {
        Description = "Write the table to this file instead of stdout.",
        HelpName = "FILE",
    };

    private static readonly Option<int> s_jobs = new("--jobs", "-j")
    {
        Description = "Threads. Default: all cores.",
        HelpName = "number",
        DefaultValueFactory = static _ => Environment.ProcessorCount,
    };

    public static Command Create()
    {
        Command command = new("league", "Play a trace against every eviction policy and size: misses, bytes, distance from the optimum. Counts equal libCacheSim's.")
        {
            s_policy, s_vram, s_ignoreSize, s_out, s_jobs,
        };
        TraceInput.AddTo(command);
        RunOutput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Play(parsed, cancellationToken));
        }
        catch (LeagueException problem)
        {
            // What the trace holds is no matter of the command line.
            Console.Error.WriteLine($"gpumm: {problem.Message}");
            bool isOfTrace = problem.InnerException is TraceFormatException { File: not "--columns" } or IOException and not FileNotFoundException and not DirectoryNotFoundException;
            return Task.FromResult(isOfTrace ? ExitCode.Failed : ExitCode.Usage);
        }
        catch (IOException problem)
        {
            Console.Error.WriteLine($"gpumm: {problem.Message}");
            return Task.FromResult(ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gpumm: stopped; nothing was written.");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private static int Play(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool countsObjects = parsed.GetValue(s_ignoreSize);
        int jobs = parsed.GetValue(s_jobs);
        if (jobs is < 1 or > 1024)
        {
            throw new LeagueException($"--jobs {jobs}: give a number from 1 to 1024.");
        }

        LeagueOptions options = new()
        {
            Policies = parsed.GetValue(s_policy)!.Split(','),
            Capacities = CapacitySpec.ParseList(parsed.GetValue(s_vram)!, countsObjects),
            CountsObjects = countsObjects,
            Workers = jobs,
        };
        using ResidencyTrace trace = ResidencyTrace.Open(parsed.GetRequiredValue(TraceInput.File), TraceInput.Options(parsed));
        LeagueResult result;
        using (LeagueDisplay display = new(RunOutput.NoColor(parsed)))
        {
            result = trace.PlayLeague(options, display, cancellationToken);
        }

        if (trace.IsOfValidations)
        {
            Console.Error.WriteLine("gpumm: the trace uses no objects; its validations into video memory are played instead.");
        }

        if (trace.FutureProblem is { } problem)
        {
            Console.Error.WriteLine($"gpumm: the next uses in the trace are not true ({problem}); belady goes by those that were found.");
        }

        if (parsed.GetValue(s_out) is not { } path)
        {
            LeaguePrinter.Write(Console.Out, result, RunOutput.Format(parsed));
            return ExitCode.Ok;
        }

        using StreamWriter file = new(path);
        LeaguePrinter.Write(file, result, RunOutput.Format(parsed));
        return ExitCode.Ok;
    }
}
