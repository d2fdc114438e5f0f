using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Cli.Sweep;
using GpuMm.Lab.Knee;
using GpuMm.Lab.Report;
using GpuMm.Lab.Sweep;
using GpuMm.Primitives;

namespace GpuMm.Cli.Knee;

/// <summary><c>gpumm knee</c>: the smallest VRAM that keeps to a budget, by search, with confidence over seeds.</summary>
internal static class KneeCommand
{
    private static readonly Argument<string> s_trace = new("trace") { Description = "A trace file, or demo:sponza and the like.", HelpName = "TRACE" };

    private static readonly Option<KneeBudget?> s_budget = new("--budget")
    {
        Description = "What must hold: a metric below or above a bound, such as p99<16.7ms or stutters<=3. Quote it, for the shell's sake.",
        HelpName = "metric<bound",
        Required = true,
        CustomParser = static result =>
        {
            if (KneeBudget.TryParse(result.Tokens[0].Value, out KneeBudget budget))
            {
                return budget;
            }

            result.AddError($"--budget {result.Tokens[0].Value}: give a metric and a bound, such as 'p99<16.7ms'.");
            return null;
        },
    };

    private static readonly Option<string?> s_between = new("--between") { Description = "Sizes to search between. Default: 16MiB..2GiB; for a trace, a 1000th of what it touches to all of it.", HelpName = "least..most" };

    private static readonly Option<string?> s_resolution = new("--resolution") { Description = "How close the answer must be. Default: about a 256th of the range.", HelpName = "size" };

    private static readonly Option<double> s_confidence = new("--confidence")
    {
        Description = "The share of the seeds that must keep to the budget.",
        HelpName = "0..1",
        DefaultValueFactory = static _ => 1,
    };

    private static readonly Option<string?> s_out = new("--out", "-o") { Description = "Keep runs in this file, as gpumm sweep does.", HelpName = "results.db" };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("knee", "Find the smallest VRAM that keeps to a budget, such as a frame time.")
        {
            s_trace, s_budget, s_between, s_resolution, s_confidence, s_out, s_json,
        };
        SweepAxes.AddTo(command, except: "vram");
        command.SetAction(Run);
        return command;
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string trace = parsed.GetValue(s_trace)!;
        if (!SweepAxes.TryRead(parsed, [trace], out SweepMatrix? matrix, out SubjectRunner? runner, out string? problem))
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return Task.FromResult(ExitCode.Usage);
        }

        using SubjectRunner owned = runner!;
        if (matrix!.Axes.FirstOrDefault(static axis => axis.Name != "seed" && axis.Values.Count > 1) is { } several)
        {
            Console.Error.WriteLine($"gpumm: --{several.Name}: a knee is of one {several.Name}; give one value, and run the command again for others.");
            return Task.FromResult(ExitCode.Usage);
        }

        try
        {
            if (TryBounds(parsed, runner![trace], out (ulong Least, ulong Most, ulong Resolution) bounds, out problem))
            {
                return Task.FromResult(Find(parsed, matrix, runner, bounds, cancellationToken));
            }

            Console.Error.WriteLine($"gpumm: {problem}");
            return Task.FromResult(ExitCode.Usage);
        }
        catch (Exception failure) when (failure is SweepRunException or KeyNotFoundException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return Task.FromResult(failure is KeyNotFoundException ? ExitCode.Usage : ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(parsed.GetValue(s_out) is { } path ? $"gpumm: stopped; {path} holds what was done, and the same command goes on from there." : "gpumm: stopped.");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private static int Find(
        ParseResult parsed, SweepMatrix matrix, SubjectRunner runner, (ulong Least, ulong Most, ulong Resolution) bounds, CancellationToken cancellationToken)
    {
        KneeBudget budget = parsed.GetValue(s_budget)!.Value;
        using ResultStore store = ResultStore.Open(parsed.GetValue(s_out) ?? ":memory:");
        SweepAxis? seedAxis = matrix.Axes.FirstOrDefault(static axis => axis.Name == "seed")
            ?? (runner[parsed.GetValue(s_trace)!].Axes.Contains("seed", StringComparer.Ordinal) ? new SweepAxis("seed", ["1"]) : null);
        string[] seeds = [.. seedAxis?.Values ?? ["1"]];
        string metric = "";
        KneeResult result = KneeSearch.Find(bounds.Least, bounds.Most, bounds.Resolution, seeds.Length, parsed.GetValue(s_confidence), budget, (sizes, _) =>
        {
            Console.Error.WriteLine($"gpumm: trying {string.Join(", ", sizes.Select(ByteSize.Format))}");
            SweepAxis vram = new("vram", [.. sizes.Select(static size => size.ToString(CultureInfo.InvariantCulture))]);
            SweepMatrix runs = new([.. matrix.Axes.Where(static axis => axis.Name is not "seed"), vram, .. seedAxis is null ? (SweepAxis[])[] : [seedAxis]]);
            SweepExecutor.Run(runs, SweepShard.Whole, runner, store, Environment.ProcessorCount, null, cancellationToken);
            IEnumerable<double> values = Enumerable.Range(0, runs.Count).Select(i => Value(store.Get(RunKey.Of(runs[i], runner.Inputs(runs[i]), runner.Version))!, budget.Metric, out metric));
            return [.. values.Chunk(seeds.Length)];
        });
        Print(parsed, budget, metric, result, seedAxis is null ? [] : seeds);
        return result.EnoughBytes is null ? ExitCode.Gate : ExitCode.Ok;
    }

    // A metric may be named without its unit: p99 for p99-ns.
    private static double Value(StoredRun run, string name, out string metric)
    {
        if (run.Metrics is null)
        {
            throw new SweepRunException($"{run.Point}: {run.Problem}");
        }

        foreach (string candidate in (ReadOnlySpan<string>)[name, name + "-ns", name + "-bytes", name + "-ratio"])
        {
            if (run.Metrics.TryGetValue(candidate, out double value))
            {
                metric = candidate;
                return value;
            }
        }

        throw new KeyNotFoundException($"--budget {name}: there is no such metric; give one of {string.Join(", ", run.Metrics.Keys)}.");
    }

    private static void Print(ParseResult parsed, KneeBudget budget, string metric, KneeResult result, string[] seeds)
    {
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(Json(metric, budget, result, seeds).ToJsonString(new() { WriteIndented = true }));
            return;
        }

        List<string[]> rows = [["vram", .. seeds.Select(static seed => $"seed {seed}"), .. seeds.Length == 0 ? (string[])[metric] : [], "holds"]];
        rows.AddRange(result.Points.Select(point => (string[])
        [
            ByteSize.Format(point.SizeBytes), .. point.Values.Select(value => MetricText.Format(metric, value)),
            seeds.Length > 1 ? $"{point.Holding} of {seeds.Length}" : point.Holding > 0 ? "yes" : "no",
        ]));
        RunPrinter.Columns(Console.Out, rows, 1);
        string bound = $"{metric} {(budget.IsBelow ? "below" : "above")} {MetricText.Format(metric, budget.Bound)}";
        Console.Out.WriteLine(result.EnoughBytes is { } enough
            ? $"{bound}: from {ByteSize.Format(enough)} up{(result.TooSmallBytes is { } less ? $"; {ByteSize.Format(less)} is too little" : "; even the smallest size tried is enough")}.{(seeds.Length > 0 ? Spread(result) : "")}"
            : $"{bound}: not even {ByteSize.Format(result.Points[^1].SizeBytes)} is enough; what is missing is not memory, or search higher with --between.");
        if (!result.IsMonotone)
        {
            Console.Out.WriteLine("A smaller size kept to the budget while a larger one did not: the curve has bumps; trust the size above them.");
        }
    }

    private static string Spread(KneeResult result)
    {
        ulong?[] known = [.. result.PerSeedBytes.Where(static size => size is not null)];
        return result.PerSeedBytes.Count < 2 ? " One seed tells nothing of the spread; give --seed 1..5."
            : $" Seed by seed from {ByteSize.Format(known.Min()!.Value)} to {ByteSize.Format(known.Max()!.Value)}{(known.Length < result.PerSeedBytes.Count ? ", and one or more never" : "")}.";
    }

    private static JsonObject Json(string metric, KneeBudget budget, KneeResult result, string[] seeds) => new()
    {
        ["schemaVersion"] = 1,
        ["metric"] = metric,
        ["below"] = budget.IsBelow,
        ["bound"] = budget.Bound,
        ["enoughBytes"] = result.EnoughBytes,
        ["tooSmallBytes"] = result.TooSmallBytes,
        ["monotone"] = result.IsMonotone,
        ["seeds"] = new JsonArray([.. seeds.Select((seed, i) => new JsonObject { ["seed"] = seed, ["enoughBytes"] = result.PerSeedBytes[i] })]),
        ["points"] = new JsonArray([.. result.Points.Select(static point => new JsonObject
        {
            ["vramBytes"] = point.SizeBytes,
            ["values"] = new JsonArray([.. point.Values.Select(static value => JsonValue.Create(value))]),
            ["holding"] = point.Holding,
        })]),
    };

    private static bool TryBounds(ParseResult parsed, ISweepSubject subject, out (ulong Least, ulong Most, ulong Resolution) bounds, out string? problem)
    {
        bounds = default;
        double confidence = parsed.GetValue(s_confidence);
        problem = confidence is > 0 and <= 1 ? null : string.Create(CultureInfo.InvariantCulture, $"--confidence {confidence}: give a share above 0 and up to 1.");
        string? between = parsed.GetValue(s_between);
        (ulong least, ulong most) = (0, 0);
        if (problem is null && between is null)
        {
            (least, most) = subject.KneeRange();
        }
        else if (problem is null && (between!.Split("..") is not [{ } low, { } high] || !ByteSize.TryParse(low, out least) || !ByteSize.TryParse(high, out most) || least == 0 || most < least))
        {
            problem = $"--between {between}: give two sizes, the smaller first, such as 64MiB..2GiB.";
        }

        // A power of two, so that the sizes tried are round ones.
        ulong resolution = Math.Max(Pages.SizeBytes, BitOperations.RoundUpToPowerOf2((most - least) / 256));
        string? step = parsed.GetValue(s_resolution);
        if (problem is null && step is not null && (!ByteSize.TryParse(step, out resolution) || resolution < Pages.SizeBytes || resolution % Pages.SizeBytes != 0))
        {
            problem = $"--resolution {step}: give a multiple of 4KiB, such as 4MiB.";
        }

        bounds = (least, most, resolution);
        return problem is null;
    }
}
