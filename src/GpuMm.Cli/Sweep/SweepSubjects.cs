using System;
using System.IO;
using System.Linq;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.RenderLoop;
using GpuMm.Traces;

namespace GpuMm.Cli.Sweep;

/// <summary>Finds what runs a trace.</summary>
internal static class SweepSubjects
{
    private const string DemoPrefix = "demo:";

    /// <summary>Finds the subject of a trace argument.</summary>
    /// <param name="trace">A file, or a scene of the demo.</param>
    /// <param name="depth">For files: how deep to replay.</param>
    /// <param name="options">For files: the format and the columns of a table, where content does not tell.</param>
    /// <param name="subject">The subject, to be disposed.</param>
    /// <param name="problem">One line that says what is wrong and how to put it right.</param>
    public static bool TryFind(string trace, string depth, TraceOpenOptions options, out ISweepSubject? subject, out string? problem)
    {
        subject = null;
        problem = null;
        if (trace.StartsWith(DemoPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string name = trace[DemoPrefix.Length..];
            subject = SceneDescription.Find(name) is { } scene ? new DemoSubject(scene) : null;
            problem = subject is null ? $"{trace}: there is no such scene; give {string.Join(" or ", SceneDescription.All.Select(static s => DemoPrefix + s.Name))}." : null;
        }
        else if (depth is not ("residency" or "full"))
        {
            problem = $"--depth {depth}: give residency or full.";
        }
        else if (Directory.Exists(trace))
        {
            problem = $"{trace}: this is a folder; give the traces in it, such as {trace.TrimEnd('/')}/*.gmmt.";
        }
        else if (trace.StartsWith('-'))
        {
            problem = $"{trace}: there is no such option; give one that --help lists.";
        }
        else if (!File.Exists(trace))
        {
            problem = $"{trace}: there is no such file; give a trace, or {DemoPrefix}{SceneDescription.All[0].Name}.";
        }
        else
        {
            try
            {
                subject = depth == "full" ? new FullSubject(trace, options, ReplayTrace.Open(trace, options)) : new ResidencySubject(trace, options, ResidencyTrace.Open(trace, options));
            }
            catch (LeagueException refusal)
            {
                problem = refusal.Message;
            }
        }

        return problem is null;
    }
}
