using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using GpuMm.Cli.Trace;
using GpuMm.Lab.League;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>The options that are axes, and what they may be for each kind of subject.</summary>
internal static class SweepAxes
{
    private static readonly Option<string[]?>[] s_axes =
    [
        AxisList.Words("--policy", "Eviction policies.", "lru,sieve,..."),
        AxisList.Words("--vram", "Video memory: sizes, parts of what the trace touches, or auto.", "4GiB,10%,auto"),
        AxisList.Words("--machine", "Machines, by name or file; gpumm machine list shows them.", "name,..."),
        AxisList.Words("--link", "Links in place of the machine's own.", "pcie3x8,..."),
        AxisList.Words("--bar", "How much VRAM the CPU sees: sizes, or all.", "256MiB,all"),
        AxisList.Words("--allocator", "Who gives out video memory.", "range,low,buddy,bins"),
        AxisList.Words("--workload", "What the demo does: fly-through, level-load, alt-tab, thrash, video.", "name,..."),
        AxisList.Numbers("--seed", "Seeds."),
        AxisList.Numbers("--frames", "Frames to draw."),
    ];

    private static readonly Option<string> s_depth = new("--depth")
    {
        Description = "For traces: residency (which objects fit; misses and bytes) or full (placement, moves, fences, faults, time).",
        HelpName = "residency|full",
        DefaultValueFactory = static _ => "residency",
    };

    /// <summary>Adds the axes to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="except">An axis that the command varies itself.</param>
    public static void AddTo(Command command, string? except = null)
    {
        foreach (Option<string[]?> axis in s_axes.Where(axis => axis.Name[2..] != except))
        {
            command.Add(axis);
        }

        command.Add(s_depth);
        command.Add(TraceInput.From);
        command.Add(TraceInput.Columns);
    }

    /// <summary>Reads the axes and finds who runs each trace.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="traces">The traces.</param>
    /// <param name="matrix">All runs.</param>
    /// <param name="runner">Who does them; to be disposed.</param>
    /// <param name="problem">One line that says what is wrong and how to put it right.</param>
    public static bool TryRead(ParseResult parsed, string[] traces, out SweepMatrix? matrix, out SubjectRunner? runner, out string? problem)
    {
        matrix = null;
        Dictionary<string, ISweepSubject> subjects = new(StringComparer.Ordinal);
        runner = new SubjectRunner(subjects);
        problem = null;
        try
        {
            foreach (string trace in traces.Distinct(StringComparer.Ordinal))
            {
                if (!SweepSubjects.TryFind(trace, parsed.GetValue(s_depth)!, TraceInput.Options(parsed), out ISweepSubject? subject, out problem))
                {
                    return false;
                }

                subjects[trace] = subject!;
            }

            List<SweepAxis> axes = [new("trace", [.. subjects.Keys])];
            foreach (Option<string[]?> option in s_axes.Where(parsed.CommandResult.Command.Options.Contains))
            {
                string[]? values = parsed.GetResult(option) is null ? null : parsed.GetValue(option);
                if (!TryAxis(option.Name[2..], values, subjects.Values, out SweepAxis? axis, out problem))
                {
                    return false;
                }

                if (axis is not null)
                {
                    axes.Add(axis);
                }
            }

            matrix = new SweepMatrix(axes);
        }
        catch (ArgumentException refusal)
        {
            // What follows is the parameter's name, which means nothing to a user.
            problem = refusal.Message.Split(" (Parameter", 2)[0];
        }
        finally
        {
            if (matrix is null)
            {
                runner.Dispose();
                runner = null;
            }
        }

        return problem is null;
    }

    // No value of an axis is a value of its own for each subject that has a default; other subjects do without.
    private static bool TryAxis(string name, string[]? values, IReadOnlyCollection<ISweepSubject> subjects, out SweepAxis? axis, out string? problem)
    {
        axis = null;
        string[] given = values is { Length: > 0 } ? values : [.. subjects.Select(subject => subject.Default(name)).OfType<string>().Distinct(StringComparer.Ordinal)];
        foreach (ISweepSubject subject in subjects)
        {
            if (given.Length > 0 && !subject.Axes.Contains(name, StringComparer.Ordinal))
            {
                problem = $"--{name}: {subject.Kind} has no {name}; {(values is null ? "sweep such traces apart" : "leave it out")}. It has {string.Join(", ", subject.Axes.Select(static axis => $"--{axis}"))}.";
                return false;
            }

            try
            {
                given = [.. given.SelectMany(value => subject.Expand(name, value)).Distinct(StringComparer.Ordinal)];
            }
            catch (LeagueException refusal)
            {
                problem = $"--{name}: {refusal.Message}";
                return false;
            }

            if (given.Select(value => subject.Problem(name, value)).FirstOrDefault(static found => found is not null) is { } found)
            {
                problem = values is null ? $"--{name}: what is usual for one of these is nothing to {subject.Kind}; give --{name}, or sweep such traces apart." : $"--{name} {found}";
                return false;
            }
        }

        axis = given.Length > 0 ? new SweepAxis(name, given) : null;
        problem = null;
        return true;
    }
}
