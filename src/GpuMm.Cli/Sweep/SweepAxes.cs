using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
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
        AxisList.Words("--allocator", "Who gives out video memory.", "range,buddy,bins"),
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
    }

    /// <summary>Reads the axes and finds who runs each trace.</summary>
    /// <returns>False with one line that says what is wrong and how to put it right.</returns>
    public static bool TryRead(ParseResult parsed, string[] traces, out SweepMatrix? matrix, out SubjectRunner? runner, out string? problem)
    {
        matrix = null;
        runner = null;
        string depth = parsed.GetValue(s_depth)!;
        Dictionary<string, ISweepSubject> subjects = new(StringComparer.Ordinal);
        foreach (string trace in traces.Distinct(StringComparer.Ordinal))
        {
            if (!SweepSubjects.TryFind(trace, depth, out ISweepSubject? subject, out problem))
            {
                return false;
            }

            subjects[trace] = subject!;
        }

        List<SweepAxis> axes = [new("trace", [.. subjects.Keys])];
        foreach (Option<string[]?> option in s_axes)
        {
            string name = option.Name[2..];
            string[]? values = parsed.GetResult(option) is null ? null : parsed.GetValue(option);
            problem = parsed.CommandResult.Command.Options.Contains(option) ? Problem(name, values, subjects.Values) : null;
            if (problem is not null)
            {
                return false;
            }

            if (values is { Length: > 0 })
            {
                axes.Add(new SweepAxis(name, values));
            }
        }

        try
        {
            matrix = new SweepMatrix(axes);
        }
        catch (ArgumentException refusal)
        {
            problem = refusal.Message;
            return false;
        }

        runner = new SubjectRunner(subjects);
        problem = null;
        return true;
    }

    private static string? Problem(string name, string[]? values, IEnumerable<ISweepSubject> subjects)
    {
        foreach (ISweepSubject subject in subjects)
        {
            if (values is not { Length: > 0 })
            {
                if (subject.Needs(name))
                {
                    return $"--{name} is missing: {subject.Kind} needs it; give one value or several.";
                }
            }
            else if (!subject.Axes.Contains(name, StringComparer.Ordinal))
            {
                return $"--{name}: {subject.Kind} has no {name}; leave it out. It has {string.Join(", ", subject.Axes.Select(static axis => $"--{axis}"))}.";
            }
            else if (values.Select(value => subject.Problem(name, value)).FirstOrDefault(static found => found is not null) is { } found)
            {
                return $"--{name} {found}";
            }
        }

        return null;
    }
}
