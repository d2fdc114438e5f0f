using System;
using System.IO;
using System.Linq;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Sweep;

/// <summary>Finds what runs a trace.</summary>
internal static class SweepSubjects
{
    private const string DemoPrefix = "demo:";

    /// <summary>Finds the subject of a trace argument.</summary>
    /// <returns>False with one line that says what is wrong and how to put it right.</returns>
    public static bool TryFind(string trace, string depth, out ISweepSubject? subject, out string? problem)
    {
        subject = null;
        problem = null;
        if (trace.StartsWith(DemoPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string name = trace[DemoPrefix.Length..];
            subject = SceneDescription.Find(name) is { } scene ? new DemoSubject(scene) : null;
            problem = subject is null ? $"{trace}: there is no such scene; give {string.Join(" or ", SceneDescription.All.Select(static s => DemoPrefix + s.Name))}." : null;
        }
        else if (!File.Exists(trace))
        {
            problem = $"{trace}: there is no such file; give a trace, or {DemoPrefix}{SceneDescription.All[0].Name}.";
        }
        else
        {
            problem = $"--depth {depth}: give residency or full.";
        }

        return problem is null;
    }
}
