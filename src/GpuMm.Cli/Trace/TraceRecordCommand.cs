using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using GpuMm.Cli.Machine;
using GpuMm.Lab.Replay;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Format;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm trace record</c>: runs a workload, records it, and proves that the recording replays to the same end state.</summary>
internal static class TraceRecordCommand
{
    private const int MaxFrames = 100_000;

    private const string DefaultMachine = "pcie3x16";
    private const ulong DefaultBytes = 16ul << 20;

    private static readonly Argument<string> s_output = new("output") { Description = "The .gmmt file to write." };

    private static readonly Option<MachineProfile?> s_machine = MachineOption.Create($"The machine. Default: {DefaultMachine}.");

    private static readonly Option<ulong?> s_vram = Size("--vram", "Video memory; the workload keeps twice as much alive.");

    private static readonly Option<ulong?> s_aperture = Size("--aperture", "The aperture.");

    private static readonly Option<int> s_frames = new("--frames")
    {
        Description = $"Frames, 1 to {MaxFrames}.",
        DefaultValueFactory = static _ => 200,
        HelpName = "number",
        CustomParser = static result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int frames) && frames is >= 1 and <= MaxFrames)
            {
                return frames;
            }

            result.AddError($"--frames {result.Tokens[0].Value}: give a whole number from 1 to {MaxFrames}.");
            return 0;
        },
    };

    private static readonly Option<long> s_seed = new("--seed") { Description = "Decides what the workload does.", DefaultValueFactory = static _ => 1, HelpName = "number" };

    private static readonly Option<bool> s_force = new("--force") { Description = "Replace a file that is there." };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("record", "Run a workload that uses all of a device, record everything, and replay it to the same end state.")
        {
            s_output, s_machine, s_vram, s_aperture, s_frames, s_seed, s_force, s_json,
        };
        command.SetAction(static parsed => TraceInput.Guard(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(s_output);
        if (File.Exists(output) && !parsed.GetValue(s_force))
        {
            Console.Error.WriteLine($"gpumm: {output} exists; give another name, or --force to replace it.");
            return ExitCode.Usage;
        }

        MachineProfile machine = parsed.GetValue(s_machine) ?? MachineProfile.Find(DefaultMachine)!;
        ulong vramBytes = parsed.GetValue(s_vram) ?? DefaultBytes;
        ulong apertureBytes = parsed.GetValue(s_aperture) ?? DefaultBytes;
        GpuDeviceOptions options = new()
        {
            VramBytes = vramBytes,
            VisibleVramBytes = Math.Min(vramBytes, machine.BarBytes / 4096 * 4096),
            ApertureBytes = apertureBytes,
            SystemBytes = (vramBytes * 8) + (apertureBytes * 4),
        };
        int frames = parsed.GetValue(s_frames);
        ulong seed = unchecked((ulong)parsed.GetValue(s_seed));
        FileStream stream = new(output, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
        ulong recorded = RecordedRun.Record(stream, output, machine, options, seed, frames, out long events);
        using GmmtReader reader = new(File.OpenRead(output), output);
        GpuDeviceOptions stated = RecordedRun.OptionsOf(reader.Description.Properties, out MachineProfile sameMachine);
        ulong replayed = RecordedRun.Replay(reader, sameMachine, stated, out RecordingReplay replay, out _);
        Print(parsed, new TraceRecordDocument(
            1, output, events, new FileInfo(output).Length, frames, seed, Hex(recorded), Hex(replayed), replay.Operations, replay.Divergences, recorded == replayed));
        return recorded == replayed && replay.Divergences == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(ParseResult parsed, TraceRecordDocument document)
    {
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, TraceJsonContext.Default.TraceRecordDocument));
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Recorded      {document.Events:N0} events of {document.Frames} frames in {ByteSize.Format((ulong)document.FileBytes)}: {document.File}"));
        Console.Out.WriteLine($"End state     {document.StateHex}");
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Replayed      {document.ReplayedStateHex} after {document.Operations:N0} operations: {(document.IsSame ? "the same, every place, byte and counter" : "NOT the same")}; {document.Divergences:N0} answers differ"));
    }

    private static string Hex(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    private static Option<ulong?> Size(string name, string description) => new(name)
    {
        Description = $"{description} Default: {ByteSize.Format(DefaultBytes)}.",
        HelpName = "size",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (ByteSize.TryParse(text, out ulong size) && size is >= 4ul << 20 and <= 4ul << 30 && size % Pages.SizeBytes == 0)
            {
                return size;
            }

            result.AddError($"{name} {text}: give a size from 4MiB to 4GiB in whole pages, such as 16MiB.");
            return 0;
        },
    };
}
