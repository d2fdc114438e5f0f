using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using GpuMm.Lab.League;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary>The trace that a command reads, and what can go wrong with it.</summary>
internal static class TraceInput
{
    public static Argument<string> File { get; } = new("trace")
    {
        Description = "The recording. Its format is found by content; zstd is undone.",
    };

    public static Option<string?> From { get; } = new("--from")
    {
        Description = $"Its format, when content does not tell: {Readable()}.",
        HelpName = "format",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (TraceFiles.Formats.Any(f => f.CanRead && f.Name == text))
            {
                return text;
            }

            result.AddError($"--from {text}: there is no such format to read; give {Readable()}.");
            return null;
        },
    };

    public static Option<string?> Columns { get; } = new("--columns")
    {
        Description = "Columns of a table, from 1: time-col=1,obj-id-col=2,obj-size-col=3,op-col=0,delimiter=,,has-header=false.",
        HelpName = "list",
    };

    public static void AddTo(Command command)
    {
        command.Add(File);
        command.Add(From);
        command.Add(Columns);
    }

    public static ITraceReader Open(ParseResult parsed) => Open(parsed, parsed.GetRequiredValue(File));

    public static ITraceReader Open(ParseResult parsed, string path) => TraceFiles.Open(path, Options(parsed));

    public static TraceOpenOptions Options(ParseResult parsed) => new() { From = parsed.GetValue(From), Columns = parsed.GetValue(Columns) };

    /// <summary>Runs a command; a trace that cannot be read is one line and exit code 1, a missing file is exit code 2.</summary>
    public static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (TraceFormatException failure)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return failure.File == "--columns" ? ExitCode.Usage : ExitCode.Failed;
        }
        catch (LeagueException failure)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message.TrimEnd('.')}; give a file that exists.");
            return ExitCode.Usage;
        }
        catch (Exception failure) when (failure is ArgumentException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message.Split(" (Parameter", 2)[0]}");
            return ExitCode.Usage;
        }
        catch (IOException failure)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static string Readable() => string.Join(", ", TraceFiles.Formats.Where(static f => f.CanRead).Select(static f => f.Name));
}
