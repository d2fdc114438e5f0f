using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Cli.Diff;
using GpuMm.Cli.Trace;
using GpuMm.Diagnostics;
using GpuMm.Lab.Knee;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Traces.Recording;

namespace GpuMm.Cli.Explain;

/// <summary><c>gpumm explain</c>: why an object was evicted: by whom, its place in the order, who was passed over, what it cost.</summary>
internal static class ExplainCommand
{
    private const int MaxEvictions = 1 << 20;
    private const int MaxHistory = 1 << 18; // 200 bytes each

    private static readonly Argument<string> s_trace = new("trace") { Description = "A recording of a device, or any trace: that is replayed.", HelpName = "TRACE" };

    private static readonly Option<string?> s_object = new("--object") { Description = "The object, by name, part of its name, or number. Without it: who was evicted most.", HelpName = "name|number" };

    private static readonly Option<string?> s_at = new("--at") { Description = "Only its last eviction up to this time.", HelpName = "12.5ms" };

    private static readonly Option<int> s_limit = new("--limit") { Description = "Evictions to explain, the latest; or rows.", HelpName = "number", DefaultValueFactory = static _ => 10 };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("explain", "Why was this object evicted: by whom, its place in the order, who was passed over and why, and what it cost.")
        {
            s_trace, s_object, s_at, s_limit, s_json,
        };
        ReplayOptions.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(s_trace)!;
        ulong? at = null;
        if (!ReplayOptions.TryRead(parsed, values: 1, out ReplayOptions.Read? read, out string? problem) || (problem = Problem(parsed, path, out at)) is not null)
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return Task.FromResult(ExitCode.Usage);
        }

        try
        {
            return Task.FromResult(Explain(parsed, ReplayTrace.Open(path, TraceInput.Options(parsed)), read!, at, cancellationToken));
        }
        catch (LeagueException failure)
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

    private static int Explain(ParseResult parsed, ReplayTrace trace, ReplayOptions.Read read, ulong? at, CancellationToken cancellationToken)
    {
        string policy = read.Policy ?? trace.PolicyOf();
        EvictionJournal journal = new(policy, MaxEvictions, MaxHistory);
        ObjectNames names = new();
        bool isReplay = read.IsReplay || !trace.Summary.IsDeviceRecording;
        if (isReplay)
        {
            trace.Run(read.Setup(0) with { NamesObjects = true }, new Both(journal, names), null, cancellationToken);
        }
        else
        {
            // What the device decided then, not what this program decides now.
            ulong sequence = 0;
            trace.Read(e =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                DeviceEvent occurred = DeviceEvents.ToDevice(e) with { Sequence = ++sequence };
                if (occurred.Kind != DeviceEventKind.None)
                {
                    journal.OnEvent(occurred);
                    names.OnEvent(occurred);
                }
            });
        }

        string how = isReplay ? "replayed" : "recorded";
        if (parsed.GetValue(s_object) is not { } name)
        {
            ExplainPrinter.Most(Console.Out, journal, names, parsed.GetValue(s_limit), how, policy, parsed.GetValue(s_json));
            return ExitCode.Ok;
        }

        IReadOnlyList<ulong> found = names.Find(name);
        if (found.Count != 1)
        {
            Console.Error.WriteLine(found.Count == 0
                ? $"gpumm: --object {name}: there is no such object{Suggest(journal, names)}"
                : $"gpumm: --object {name}: {found.Count} objects are called that; give one of {string.Join(", ", found.Take(8).Select(id => $"'{names.NameOf(id)}'"))}{(found.Count > 8 ? ", ..." : ".")}");
            return ExitCode.Usage;
        }

        IReadOnlyList<EvictionRecord> evictions = journal.EvictionsOf(found[0]);
        evictions = at is null ? [.. evictions.TakeLast(parsed.GetValue(s_limit))] : [.. evictions.Where(record => record.TimeNs <= at).TakeLast(1)];
        ExplainPrinter.Object(Console.Out, journal, names, found[0], evictions, parsed.GetValue(s_limit), how, parsed.GetValue(s_json));
        return ExitCode.Ok;
    }

    private static string Suggest(EvictionJournal journal, ObjectNames names)
    {
        string[] most = [.. journal.Evictions.GroupBy(static record => record.VictimId).OrderByDescending(static group => group.Count()).Take(5).Select(group => $"'{names.NameOf(group.Key)}'")];
        return most.Length == 0 ? ", and nothing was evicted at all." : $"; those evicted most: give one of {string.Join(", ", most)}.";
    }

    private static string? Problem(ParseResult parsed, string path, out ulong? at)
    {
        at = null;
        if (!File.Exists(path))
        {
            return $"{path}: there is no such file; give a recording or another trace.";
        }

        if (parsed.GetValue(s_limit) < 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--limit {parsed.GetValue(s_limit)}: give a number from 1.");
        }

        if (parsed.GetValue(s_at) is { } text)
        {
            // Times are read as the bounds of a budget are.
            if (!KneeBudget.TryParse($"at<{text}", out KneeBudget time) || time.Bound > long.MaxValue)
            {
                return $"--at {text}: give a time from the start, such as 12.5ms or 3s.";
            }

            at = (ulong)time.Bound;
        }

        return at is not null && parsed.GetValue(s_object) is null ? "--at: of which object? Give --object, too." : null;
    }

    private sealed class Both(IDeviceObserver first, IDeviceObserver second) : IDeviceObserver
    {
        public void OnEvent(in DeviceEvent occurred)
        {
            first.OnEvent(occurred);
            second.OnEvent(occurred);
        }
    }
}
