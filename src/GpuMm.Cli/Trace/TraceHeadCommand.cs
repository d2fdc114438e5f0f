using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using GpuMm.Cli.Sweep;
using GpuMm.Traces;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm trace head</c>: the first events, or those from a point in time on.</summary>
internal static class TraceHeadCommand
{
    private const int MaxCount = 1_000_000;

    private static readonly Option<int> s_count = new("--count", "-n")
    {
        Description = $"Events to print, 1 to {MaxCount}.",
        DefaultValueFactory = static _ => 20,
        HelpName = "number",
        CustomParser = static result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MaxCount)
            {
                return count;
            }

            result.AddError($"--count {result.Tokens[0].Value}: give a whole number from 1 to {MaxCount}.");
            return 0;
        },
    };

    private static readonly Option<double> s_at = new("--at")
    {
        Description = "Start with the first event at or after this time, in seconds.",
        HelpName = "seconds",
        CustomParser = static result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double at) && at is >= 0 and < 9e9)
            {
                return at;
            }

            result.AddError($"--at {result.Tokens[0].Value}: give seconds, such as 1.5.");
            return 0;
        },
    };

    public static Command Create()
    {
        Command command = new("head", "Print the first events, or those from a point in time on.") { s_count, s_at };
        TraceInput.AddTo(command);
        RunOutput.AddTo(command);
        command.SetAction(static parsed => TraceInput.Guard(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using ITraceReader reader = TraceInput.Open(parsed);
        List<TraceEvent> events = Take(reader, (long)(parsed.GetValue(s_at) * 1e9), parsed.GetValue(s_count));
        switch (RunOutput.Format(parsed))
        {
            case OutputFormat.Json:
                Console.Out.WriteLine(JsonSerializer.Serialize([.. events.Select(static e => TraceRow.Of(e))], TraceJsonContext.Default.TraceRowArray));
                break;
            case OutputFormat.Ndjson:
                events.ForEach(static e => Console.Out.WriteLine(JsonSerializer.Serialize(TraceRow.Of(e), TraceJsonContext.Default.TraceRow)));
                break;
            case OutputFormat.Csv:
                using (ITraceWriter writer = TraceFiles.Create(Console.OpenStandardOutput(), "stdout", "csv"))
                {
                    events.ForEach(e => writer.Write(e));
                    writer.Complete();
                }

                break;
            default:
                Console.Out.WriteLine($"{"time",16}  {"kind",-14} {"client",6} {"object",10} {"bytes",13} {"offset",15} {"related",12}  from   to      cause       name");
                events.ForEach(static e => Console.Out.WriteLine(Line(e)));
                break;
        }

        if (reader.Warning is { } warning)
        {
            Console.Error.WriteLine($"gpumm: {warning}");
        }

        return ExitCode.Ok;
    }

    private static string Line(in TraceEvent e)
    {
        string from = Has(e, TraceFlags.HasFrom, e.Kind is TraceKind.Create or TraceKind.Validate or TraceKind.MoveStarted or TraceKind.Move or TraceKind.Evict)
            ? e.From.ToString() : "-";
        string to = Has(
            e, TraceFlags.HasTo, e.Kind is TraceKind.Create or TraceKind.Validate or TraceKind.MoveStarted or TraceKind.Move or TraceKind.Evict
                or TraceKind.Usage or TraceKind.Limit or TraceKind.Bind or TraceKind.GpuMap)
            ? e.To.ToString() : "-";
        string cause = e.Cause == TraceCause.Unknown ? "" : e.Cause.ToString();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{e.TimeNs / 1e9,16:0.000000000}  {e.Kind,-14} {e.ClientId,6} {e.ObjectId,10} {e.SizeBytes,13} {e.OffsetBytes,15} {e.RelatedId,12}  {from,-6} {to,-6}  {cause,-10}  {e.Name}").TrimEnd();
    }

    // A device says whether it has a domain; of other sources the kind tells.
    private static bool Has(in TraceEvent e, TraceFlags flag, bool kindHas) => e.DeviceKind == 0 ? kindHas : (e.Flags & flag) != 0;

    private static List<TraceEvent> Take(ITraceReader reader, long fromNs, int count)
    {
        if (reader is GmmtReader native && fromNs > 0)
        {
            native.SeekTo(fromNs);
        }

        List<TraceEvent> events = [];
        TraceEvent[] batch = new TraceEvent[256];
        for (int read; events.Count < count && (read = reader.Read(batch)) > 0;)
        {
            foreach (ref readonly TraceEvent e in batch.AsSpan(0, read))
            {
                if (e.TimeNs >= fromNs && events.Count < count)
                {
                    events.Add(e);
                }
            }
        }

        return events;
    }
}
