using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary><c>gpumm merge</c>: one file of results from the files of several parts.</summary>
internal static class MergeCommand
{
    private static readonly Argument<string[]> s_parts = new("part")
    {
        Description = "Files that gpumm sweep --out wrote.",
        HelpName = "part.db",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> s_out = new("--out", "-o") { Description = "The file to add them to; made if it is not there.", HelpName = "results.db", Required = true };

    public static Command Create()
    {
        Command command = new("merge", "Put the results of several parts of a sweep into one file.") { s_parts, s_out };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        int conflicts = 0;
        try
        {
            foreach (string path in parsed.GetValue(s_parts)!)
            {
                if (!File.Exists(path))
                {
                    throw new FileNotFoundException($"{path}: there is no such file; gpumm sweep --shard i/N --out {path} makes it.");
                }
            }

            using ResultStore all = ResultStore.Open(parsed.GetValue(s_out)!);
            foreach (string path in parsed.GetValue(s_parts)!)
            {
                using ResultStore part = ResultStore.Open(path);
                (int added, IReadOnlyList<string> different) = all.MergeFrom(part);
                Console.Error.WriteLine($"gpumm: {path}: {added} new");
                foreach (string key in different)
                {
                    Console.Error.WriteLine($"gpumm: {path}: {all.Get(key)!.Point} has other results than before; the first stay.");
                }

                conflicts += different.Count;
            }
        }
        catch (Exception failure) when (failure is SweepRunException or FileNotFoundException)
        {
            Console.Error.WriteLine($"gpumm: {failure.Message}");
            return failure is FileNotFoundException ? ExitCode.Usage : ExitCode.Failed;
        }

        return conflicts > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
