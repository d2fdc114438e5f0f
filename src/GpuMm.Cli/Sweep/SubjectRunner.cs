using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Reflection;
using System.Threading;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>Runs each point with the subject that its trace names.</summary>
internal sealed class SubjectRunner(IReadOnlyDictionary<string, ISweepSubject> subjects) : ISweepRunner
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _inputs = new(StringComparer.Ordinal);

    /// <summary>The version of the whole program: any change of it may change a result.</summary>
    public string Version { get; } = typeof(SubjectRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public IReadOnlyDictionary<string, string> Inputs(SweepPoint point) => _inputs.GetOrAdd(point["trace"]!, trace =>
        subjects[trace].ContentHash(trace) is { } hash ? new Dictionary<string, string>(StringComparer.Ordinal) { ["trace"] = hash } : s_none);

    public IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken) =>
        subjects[point["trace"]!].Run(point, cancellationToken);
}
