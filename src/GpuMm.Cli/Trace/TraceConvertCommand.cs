using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm trace convert</c>: from any format that is read to any that is written.</summary>
internal static class TraceConvertCommand
{
    private static readonly Argument<string> s_output = new("output") { Description = "The file to write; its end tells the format, unless --to does." };

    private static readonly Option<string?> s_to = new("--to")
    {
        Description = $"Its format: {Writable()}.",
        HelpName = "format",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (TraceFiles.Formats.Any(f => f.CanWrite && f.Name == text))
            {
                return text;
            }

            result.AddError($"--to {text}: there is no such format to write; give {Writable()}.");
            return null;
        },
    };

    private static readonly Option<bool> s_force = new("--force") { Description = "Replace a file that is there." };

    public static Command Create()
    {
        Command command = new("convert", "Convert a recording into another format.");
        TraceInput.AddTo(command);
        command.Add(s_output);
        command.Add(s_to);
        command.Add(s_force);
        command.SetAction(static parsed => TraceInput.Guard(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(s_output);
        string format = parsed.GetValue(s_to) ?? TraceFiles.FormatOf(output);
        if (File.Exists(output) && !parsed.GetValue(s_force))
        {
            Console.Error.WriteLine($"gpumm: {output} exists; give another name, or --force to replace it.");
            return ExitCode.Usage;
        }

        using ITraceReader reader = TraceInput.Open(parsed);
        bool isComplete = false;
        try
        {
            using (ITraceWriter writer = TraceFiles.Create(output, format, reader.Description.Properties))
            {
                long events = Copy(reader, writer);
                writer.Complete();
                isComplete = true;
                string said = writer.Written == events ? "" : string.Create(CultureInfo.InvariantCulture, $" ({writer.Written} of them have a form there)");
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gpumm: {events} events from {reader.Description.Format} to {format}{said}: {output}"));
            }
        }
        finally
        {
            if (!isComplete)
            {
                File.Delete(output);
            }
        }

        if (reader.Warning is { } warning)
        {
            Console.Error.WriteLine($"gpumm: {warning}");
        }

        return ExitCode.Ok;
    }

    private static long Copy(ITraceReader reader, ITraceWriter writer)
    {
        TraceProgress progress = new("converting");
        TraceEvent[] batch = new TraceEvent[1024];
        long events = 0;
        long next = 1 << 17;
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            foreach (ref readonly TraceEvent e in batch.AsSpan(0, count))
            {
                writer.Write(e);
            }

            events += count;
            if (events >= next)
            {
                next += 1 << 17;
                progress.Report(reader.Progress);
            }
        }

        progress.Done();
        return events;
    }

    private static string Writable() => string.Join(", ", TraceFiles.Formats.Where(static f => f.CanWrite).Select(static f => f.Name));
}
