using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using GpuMm.Cli.Sweep;
using GpuMm.Primitives;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm trace info</c>: what a recording holds.</summary>
internal static class TraceInfoCommand
{
    public static Command Create()
    {
        Command command = new("info", "Tell what a recording holds: events, objects, bytes, and where it comes from.");
        TraceInput.AddTo(command);
        RunOutput.AddTo(command);
        command.SetAction(static parsed => TraceInput.Guard(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(TraceInput.File);
        using ITraceReader reader = TraceInput.Open(parsed);
        TraceProgress progress = new("reading");
        TraceSummary summary = TraceSummary.Of(reader, progress.Report);
        progress.Done();
        TraceInfoDocument document = new()
        {
            SchemaVersion = 1,
            File = file,
            FileBytes = new FileInfo(file).Length,
            Format = reader.Description.Format,
            Events = summary.Events,
            Objects = summary.Objects,
            ObjectBytes = summary.ObjectBytes,
            PeakBytes = summary.PeakBytes,
            LargestBytes = summary.LargestBytes,
            Uses = summary.Uses,
            InferredUses = summary.InferredUses,
            MovedBytes = summary.MovedBytes,
            FirstNs = summary.FirstNs,
            LastNs = summary.LastNs,
            IsDeviceRecording = summary.IsDeviceRecording,
            Warning = reader.Warning,
            Kinds = summary.Kinds().ToDictionary(static k => k.Key.ToString(), static k => k.Value, StringComparer.Ordinal),
            Properties = reader.Description.Properties,
        };
        Print(document, RunOutput.Format(parsed));
        if (reader.Warning is { } warning)
        {
            Console.Error.WriteLine($"gpumm: {warning}");
        }

        return ExitCode.Ok;
    }

    private static void Print(TraceInfoDocument document, OutputFormat format)
    {
        if (format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, TraceJsonContext.Default.TraceInfoDocument));
            return;
        }

        if (format == OutputFormat.Csv)
        {
            Console.Out.WriteLine("format,events,objects,object_bytes,peak_bytes,largest_bytes,uses,inferred_uses,moved_bytes,first_ns,last_ns");
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Format},{document.Events},{document.Objects},{document.ObjectBytes},{document.PeakBytes},{document.LargestBytes},{document.Uses},{document.InferredUses},{document.MovedBytes},{document.FirstNs},{document.LastNs}"));
            return;
        }

        string title = TraceFiles.Formats.First(f => f.Name == document.Format).Title;
        Say("Format", $"{document.Format}: {title}{(document.IsDeviceRecording ? "; a recording of a device, replays to the same end state" : "")}");
        Say("Events", $"{document.Events:N0} in {(document.LastNs - document.FirstNs) / 1e9:0.###} s; {ByteSize.Format((ulong)document.FileBytes)} of file");
        Say("Objects", $"{document.Objects:N0} of {ByteSize.Format(document.ObjectBytes)} together, the largest {ByteSize.Format(document.LargestBytes)}; at most {ByteSize.Format(document.PeakBytes)} at a time");
        Say("Uses", $"{document.Uses:N0}{(document.InferredUses > 0 ? $", {document.InferredUses:N0} of them inferred" : "")}");
        Say("Moved", $"{ByteSize.Format(document.MovedBytes)} by the manager that was recorded");
        Say("Kinds", string.Join(", ", document.Kinds.Select(static k => string.Create(CultureInfo.InvariantCulture, $"{k.Key} {k.Value:N0}"))));
        foreach ((string key, string value) in document.Properties.Take(20))
        {
            Say("  " + key, $"{value}");
        }
    }

    private static void Say(string name, string text) => Console.Out.WriteLine($"{name,-12}  {text}");
}
