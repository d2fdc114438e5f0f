using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Lab.Sweep;

namespace GpuMm.LabTests.Sweep;

/// <summary>Counts how often each point is run; the metric is made of the point alone.</summary>
internal sealed class CountingRunner : ISweepRunner
{
    private readonly Dictionary<string, int> _runs = new(StringComparer.Ordinal);

    public string Version { get; init; } = "1";

    public Func<SweepPoint, string?> Problem { get; init; } = static _ => null;

    public Dictionary<string, string> InputHashes { get; } = new(StringComparer.Ordinal);

    public Action<int>? AfterRun { get; set; }

    public int Total { get; private set; }

    public int TimesRun(SweepPoint point) => _runs.GetValueOrDefault(point.ToString());

    public IReadOnlyDictionary<string, string> Inputs(SweepPoint point) => InputHashes;

    public IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken)
    {
        int total;
        lock (_runs)
        {
            _runs[point.ToString()] = TimesRun(point) + 1;
            total = ++Total;
        }

        if (Problem(point) is { } problem)
        {
            throw new SweepRunException(problem);
        }

        AfterRun?.Invoke(total);
        cancellationToken.ThrowIfCancellationRequested();
        return new Dictionary<string, double> { ["letters"] = point.ToString().Length, ["third"] = 1.0 / 3 };
    }
}
