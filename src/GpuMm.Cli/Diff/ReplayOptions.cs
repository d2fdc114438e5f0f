using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using GpuMm.Cli.Sweep;
using GpuMm.Cli.Trace;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;

namespace GpuMm.Cli.Diff;

/// <summary>The options of commands that replay one or two times.</summary>
internal static class ReplayOptions
{
    private static readonly Option<string[]?>[] s_axes =
    [
        AxisList.Words("--policy", "Replay with this eviction policy instead of the recorded one.", "lru"),
        AxisList.Words("--vram", "Replay with this much video memory: a size, or a part of what is alive at once.", "4GiB|10%"),
        AxisList.Words("--machine", "Replay on this machine.", "name"),
        AxisList.Words("--link", "Replay with this link in place of the machine's own.", "name"),
        AxisList.Words("--allocator", "Replay with this allocator.", "range|low|buddy|bins"),
    ];

    public static void AddTo(Command command)
    {
        foreach (Option<string[]?> axis in s_axes)
        {
            command.Add(axis);
        }

        command.Add(TraceInput.From);
        command.Add(TraceInput.Columns);
    }

    /// <summary>Reads them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="values">Most values of an option: 1 or 2.</param>
    /// <param name="read">What they say.</param>
    /// <param name="problem">One line that says what is wrong and how to put it right.</param>
    public static bool TryRead(ParseResult parsed, int values, out Read? read, out string? problem)
    {
        read = null;
        problem = null;
        Dictionary<string, string[]> given = new(StringComparer.Ordinal);
        foreach (Option<string[]?> option in s_axes.Where(option => parsed.GetResult(option) is not null))
        {
            string name = option.Name[2..];
            string[] words = parsed.GetValue(option)!;
            try
            {
                // "auto" is a list of sizes, and each here must be one.
                problem = words.Length > values || (name == "vram" && CapacitySpec.ParseList(string.Join(',', words), countsObjects: false).Count != words.Length)
                    ? $"{option.Name} {string.Join(',', words)}: give {(values == 1 ? "one value" : "one value for both runs, or one for each")}."
                    : words.Select(word => FullSubject.Check(name, word)).FirstOrDefault(static found => found is not null) is { } found ? $"{option.Name} {found}" : null;
            }
            catch (LeagueException refusal)
            {
                problem = $"{option.Name}: {refusal.Message}";
            }

            if (problem is not null)
            {
                return false;
            }

            given[name] = words;
        }

        read = new Read(given);
        return true;
    }

    /// <summary>What the options say.</summary>
    /// <param name="given">The values of each that was given.</param>
    internal sealed class Read(Dictionary<string, string[]> given)
    {
        /// <summary>Whether anything was given, so that a recording is to be replayed.</summary>
        public bool IsReplay => given.Count > 0;

        /// <summary>Whether the two runs differ.</summary>
        public bool HasTwo => given.Values.Any(static words => words.Length == 2);

        /// <summary>The policy that was asked for; null for none.</summary>
        public string? Policy => given.GetValueOrDefault("policy")?[0];

        /// <summary>The setup of a run.</summary>
        /// <param name="run">0 or 1.</param>
        public ReplaySetup Setup(int run) => FullSubject.Setup(axis => given.TryGetValue(axis, out string[]? words) ? words[Math.Min(run, words.Length - 1)] : null);

        /// <summary>What to call a run.</summary>
        /// <param name="path">Its trace.</param>
        /// <param name="run">0 or 1.</param>
        public string NameOf(string path, int run) => given.Count == 0 ? Path.GetFileName(path)
            : $"{Path.GetFileName(path)}, {string.Join(", ", given.Select(pair => $"{pair.Key} {pair.Value[Math.Min(run, pair.Value.Length - 1)]}"))}";
    }
}
