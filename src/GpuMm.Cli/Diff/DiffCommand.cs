using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Cli.Trace;
using GpuMm.Lab.Diff;
using GpuMm.Lab.Gate;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Diff;

/// <summary><c>gpumm diff</c>: two runs side by side: where they part, and whom it concerns.</summary>
internal static class DiffCommand
{
    private static readonly Argument<string> s_a = new("a") { Description = "A recording, or results that gpumm sweep --out wrote.", HelpName = "A" };

    private static readonly Argument<string?> s_b = new("b") { Description = "Another. Leave it out to replay A twice: give one option two values.", HelpName = "B", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<int> s_limit = new("--limit") { Description = "Rows of each table.", HelpName = "number", DefaultValueFactory = static _ => 15 };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("diff", "Compare two runs frame by frame: the first divergence, and which objects moved, left or faulted more or less.") { s_a, s_b, s_limit, s_json };
        ReplayOptions.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string a = parsed.GetValue(s_a)!;
        string? b = parsed.GetValue(s_b);
        if (!ReplayOptions.TryRead(parsed, values: 2, out ReplayOptions.Read? read, out string? problem) || (problem = Problem(parsed, a, b, read!)) is not null)
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return Task.FromResult(ExitCode.Usage);
        }

        try
        {
            if (b is not null && IsStore(a))
            {
                Stored(parsed, a, b);
                return Task.FromResult(ExitCode.Ok);
            }

            RunLedger first = Ledger(parsed, a, b is null || read!.IsReplay ? read!.Setup(0) : null, cancellationToken);
            RunLedger second = Ledger(parsed, b ?? a, b is null || read!.IsReplay ? read!.Setup(1) : null, cancellationToken);
            (string nameA, string nameB) = (read!.NameOf(a, 0), read.NameOf(b ?? a, 1));
            RunDiff diff = RunDiff.Of(first, second);
            if (parsed.GetValue(s_json))
            {
                Console.Out.WriteLine(DiffPrinter.Json(diff, nameA, nameB).ToJsonString(new() { WriteIndented = true }));
            }
            else
            {
                DiffPrinter.Write(Console.Out, diff, nameA, nameB, parsed.GetValue(s_limit));
            }

            return Task.FromResult(ExitCode.Ok);
        }
        catch (Exception failure) when (failure is LeagueException or SweepRunException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return Task.FromResult(ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gpumm: stopped.");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private static string? Problem(ParseResult parsed, string a, string? b, ReplayOptions.Read read)
    {
        if (new[] { a, b }.FirstOrDefault(static file => file is not null && !File.Exists(file)) is { } missing)
        {
            return $"{missing}: there is no such file; give a recording or the results of a sweep.";
        }

        if (parsed.GetValue(s_limit) < 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--limit {parsed.GetValue(s_limit)}: give a number from 1.");
        }

        bool isStore = IsStore(a);
        return b is null && isStore ? $"{a}: these are results of a sweep; give the other results, too."
            : b is null && !read.HasTwo ? "give another run, or one option two values: --policy lru,sieve compares two replays of the same trace."
            : b is not null && isStore != IsStore(b) ? $"{a} and {b}: one is results of a sweep, the other is not; give two of a kind."
            : isStore && read.IsReplay ? "results of sweeps are compared as they are; leave the options of replays out."
            : null;
    }

    // A recording is taken as it is, unless a replay is asked for.
    private static RunLedger Ledger(ParseResult parsed, string path, ReplaySetup? setup, CancellationToken cancellationToken)
    {
        ReplayTrace trace = ReplayTrace.Open(path, TraceInput.Options(parsed));
        RunLedger ledger = new();
        if (setup is not null)
        {
            trace.Run(setup with { NamesObjects = true }, ledger, e => ledger.Mark(e), cancellationToken);
            return ledger;
        }

        trace.Read(e =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            ledger.Add(e);
            ledger.Mark(e);
        });
        return ledger.Decisions.Count > 0 ? ledger
            : throw new LeagueException($"{path}: nothing in it tells what a manager did (no moves, evictions or faults), so there is nothing to compare; replay it: --policy lru,sieve.");
    }

    private static void Stored(ParseResult parsed, string a, string b)
    {
        using ResultStore first = ResultStore.Open(a);
        using ResultStore second = ResultStore.Open(b);
        GateReport report = GateReport.Compare(first.All(), second.All(), []);
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(DiffPrinter.Json(report, a, b).ToJsonString(new() { WriteIndented = true }));
        }
        else
        {
            DiffPrinter.Write(Console.Out, report, parsed.GetValue(s_limit));
        }
    }

    private static bool IsStore(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[16];
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("SQLite format 3\0"u8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // Whoever reads it says what is wrong.
        }
    }
}
