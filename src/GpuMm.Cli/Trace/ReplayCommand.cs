using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using GpuMm.Cli.Machine;
using GpuMm.Eviction;
using GpuMm.Lab.Replay;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm replay</c>: any trace on any machine, in full: places, holes, moves, fences, faults, time.</summary>
internal static class ReplayCommand
{
    private static readonly Option<MachineProfile?> s_machine = MachineOption.Create("The machine. Default: the recording's, else pcie3x16.");

    private static readonly Option<string?> s_vram = new("--vram")
    {
        Description = "Video memory: a size, or a share of the objects' bytes such as 10%. Default: the recording's, else 50%.",
        HelpName = "size|share",
    };

    private static readonly Option<string?> s_aperture = new("--aperture") { Description = "The aperture, likewise. Default: as much as video memory.", HelpName = "size|share" };

    private static readonly Option<string?> s_policy = new("--policy")
    {
        Description = "Who is evicted. Default: the recording's, else lru.",
        HelpName = "name",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (EvictionPolicies.TryCreate(text, out _))
            {
                return text;
            }

            result.AddError($"--policy {text}: there is no such policy; give {string.Join(", ", EvictionPolicies.All.Select(static p => p.Name))}.");
            return null;
        },
    };

    private static readonly Option<SpaceAllocatorKind?> s_allocator = new("--allocator")
    {
        Description = "Gives out video memory: range (the best hole), low (the lowest hole), buddy or bins. Default: the recording's, else range.",
        HelpName = "range|low|buddy|bins",
        CustomParser = static result => Word(result, SpaceAllocatorKind.Range, "--allocator", "range, low, buddy or bins"),
    };

    private static readonly Option<ReplayEngine> s_engine = new("--engine")
    {
        Description = "auto (default), compact: faster, for traces that only create and use objects; device: the memory manager itself. The results are the same.",
        HelpName = "auto|compact|device",
        CustomParser = static result => Word(result, ReplayEngine.Auto, "--engine", "auto, compact or device"),
    };

    private static readonly Option<int> s_jobUses = new("--job-uses")
    {
        Description = "Uses that make one job where the trace marks no end of one.",
        DefaultValueFactory = static _ => 16,
        HelpName = "number",
        CustomParser = static result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int uses) && uses is >= 1 and <= FullReplayOptions.MaxJobUses)
            {
                return uses;
            }

            result.AddError($"--job-uses {result.Tokens[0].Value}: give a whole number from 1 to {FullReplayOptions.MaxJobUses}.");
            return 0;
        },
    };

    private static readonly Option<string?> s_pace = new("--pace")
    {
        Description = "asap (default): a job follows as soon as the GPU is two behind; recorded: at the trace's times.",
        HelpName = "asap|recorded",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (text is "asap" or "recorded")
            {
                return text;
            }

            result.AddError($"--pace {text}: give asap or recorded.");
            return null;
        },
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("replay", "Replay a recording in full on any machine: places, holes, moves, fences, faults, time.");
        TraceInput.AddTo(command);
        foreach (Option option in (Option[])[s_machine, s_vram, s_aperture, s_policy, s_allocator, s_engine, s_jobUses, s_pace, s_json])
        {
            command.Add(option);
        }

        command.SetAction(static parsed => TraceInput.Guard(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        TraceSummary summary;
        GpuDeviceOptions stated;
        MachineProfile machine;
        using (ITraceReader first = TraceInput.Open(parsed))
        {
            // One pass to know what shares are shares of.
            TraceProgress counting = new("counting");
            summary = TraceSummary.Of(first, counting.Report);
            counting.Done();
            stated = RecordedRun.OptionsOf(first.Description.Properties, out machine);
        }

        machine = parsed.GetValue(s_machine) ?? machine;
        bool isRecording = summary.IsDeviceRecording;
        if (!TrySize(parsed.GetValue(s_vram), summary, isRecording ? stated.VramBytes : Share(summary, 0.5m), "--vram", out ulong vram) ||
            !TrySize(parsed.GetValue(s_aperture), summary, isRecording ? stated.ApertureBytes : vram, "--aperture", out ulong aperture))
        {
            return ExitCode.Usage;
        }

        long start = Stopwatch.GetTimestamp();
        GpuDeviceOptions device = ReplayDevicesOf(stated, parsed, machine, vram, aperture);
        SpaceAllocatorKind allocator = isRecording ? device.VramAllocator : parsed.GetValue(s_allocator) ?? SpaceAllocatorKind.Range;
        ReplayEngine used = ReplayEngine.Device;
        if (isRecording && parsed.GetValue(s_engine) == ReplayEngine.Compact)
        {
            Console.Error.WriteLine("gpumm: --engine compact: a recording of a device is replayed on one; leave --engine out.");
            return ExitCode.Usage;
        }

        FullReplayResult result = isRecording
            ? ReplayRecording(parsed, machine, device)
            : ReplayRequests(parsed, machine, vram, aperture, allocator, out used);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string policy = parsed.GetValue(s_policy) ?? (isRecording ? stated.EvictionPolicy : EvictionPolicies.DefaultName);
        if (parsed.GetValue(s_json))
        {
            ReplayDocument document = new(1, parsed.GetRequiredValue(TraceInput.File), machine.Name, policy, allocator.ToString().ToLowerInvariant(), vram, aperture, result);
            Console.Out.WriteLine(JsonSerializer.Serialize(document, TraceJsonContext.Default.ReplayDocument));
        }
        else
        {
            ReplayText.Write(result, machine, policy, allocator, vram, aperture);
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"gpumm: {result.Events} events in {seconds:0.00} s; {result.Requests / Math.Max(seconds, 1e-9) / 1e6:0.00} million requests per second; engine {used.ToString().ToLowerInvariant()}"));
        return result.BrokenInvariants == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static FullReplayResult ReplayRequests(
        ParseResult parsed, MachineProfile machine, ulong vram, ulong aperture, SpaceAllocatorKind allocator, out ReplayEngine used)
    {
        FullReplayOptions options = new()
        {
            Machine = machine,
            VramBytes = vram,
            ApertureBytes = aperture,
            Policy = parsed.GetValue(s_policy) ?? EvictionPolicies.DefaultName,
            Allocator = allocator,
            JobUses = parsed.GetValue(s_jobUses),
            Pace = parsed.GetValue(s_pace) == "recorded" ? ReplayPace.Recorded : ReplayPace.AsFastAsPossible,
        };
        TraceProgress progress = new("replaying");
        FullReplayResult result = ReplayEngines.Run(() => TraceInput.Open(parsed), options, parsed.GetValue(s_engine), out used, progress.Report);
        progress.Done();
        return result;
    }

    private static FullReplayResult ReplayRecording(ParseResult parsed, MachineProfile machine, GpuDeviceOptions options)
    {
        using ITraceReader reader = TraceInput.Open(parsed);
        ulong hash = RecordedRun.Replay(reader, machine, options, out RecordingReplay replay, out FullReplayResult result);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"gpumm: end state {hash:x16}; {replay.Operations} operations, {replay.Divergences} answers differ from the recording"));
        return result;
    }

    private static GpuDeviceOptions ReplayDevicesOf(GpuDeviceOptions stated, ParseResult parsed, MachineProfile machine, ulong vram, ulong aperture) => stated with
    {
        VramBytes = vram,
        VisibleVramBytes = parsed.GetValue(s_vram) is null && parsed.GetValue(s_machine) is null
            ? stated.VisibleVramBytes : Math.Min(vram, machine.BarBytes / Pages.SizeBytes * Pages.SizeBytes),
        ApertureBytes = aperture,
        EvictionPolicy = parsed.GetValue(s_policy) ?? stated.EvictionPolicy,
        VramAllocator = parsed.GetValue(s_allocator) ?? stated.VramAllocator,
    };

    private static bool TrySize(string? text, TraceSummary summary, ulong fallback, string name, out ulong size)
    {
        size = fallback;
        if (text is null)
        {
            return true;
        }

        bool isShare = text.EndsWith('%') && decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal share) &&
            share is > 0 and <= 1000 && (size = Share(summary, share / 100)) > 0;
        if (!isShare && !(ByteSize.TryParse(text, out size) && size >= Pages.SizeBytes && size % Pages.SizeBytes == 0))
        {
            Console.Error.WriteLine($"gpumm: {name} {text}: give whole pages such as 8GiB, or a share such as 10%.");
            return false;
        }

        return true;
    }

    private static ulong Share(TraceSummary summary, decimal share)
    {
        decimal bytes = Math.Min(Math.Max(summary.PeakBytes, summary.LargestBytes), 1ul << 46) * share;
        return Math.Max(1, (ulong)bytes >> Pages.Shift) << Pages.Shift;
    }

    private static T Word<T>(System.CommandLine.Parsing.ArgumentResult result, T fallback, string name, string words)
        where T : struct, Enum
    {
        if (Enum.TryParse(result.Tokens[0].Value, ignoreCase: true, out T word) && Enum.IsDefined(word) && char.IsAsciiLetter(result.Tokens[0].Value[0]))
        {
            return word;
        }

        result.AddError($"{name} {result.Tokens[0].Value}: give {words}.");
        return fallback;
    }
}
