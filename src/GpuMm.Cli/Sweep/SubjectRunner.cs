using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>Runs each point with the subject that its trace names.</summary>
internal sealed class SubjectRunner(IReadOnlyDictionary<string, ISweepSubject> subjects) : ISweepRunner, IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _inputs = new(StringComparer.Ordinal);

    public string Version => ProgramVersion.Text;

    /// <summary>The subject of a trace.</summary>
    public ISweepSubject this[string trace] => subjects[trace];

    public IReadOnlyDictionary<string, string> Inputs(SweepPoint point) => _inputs.GetOrAdd(point["trace"]!, trace =>
        subjects[trace].ContentHash() is { } hash ? new Dictionary<string, string>(StringComparer.Ordinal) { ["trace"] = $"{subjects[trace].Kind} {hash}" } : s_none);

    public IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken) =>
        subjects[point["trace"]!].Run(point, cancellationToken);

    public void Dispose()
    {
        foreach (ISweepSubject subject in subjects.Values)
        {
            subject.Dispose();
        }
    }
}
