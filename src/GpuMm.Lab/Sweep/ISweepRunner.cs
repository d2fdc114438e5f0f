using System.Collections.Generic;
using System.Threading;

namespace GpuMm.Lab.Sweep;

/// <summary>Does the runs of a sweep.</summary>
/// <remarks>Called from several threads at once, with different points. The same point gives the same metrics.</remarks>
public interface ISweepRunner
{
    /// <summary>The version of the program and of its metrics; part of each run's key.</summary>
    string Version { get; }

    /// <summary>Hashes the files that a point names.</summary>
    /// <param name="point">What is to be run.</param>
    /// <returns>Axis name to content hash; empty when no axis names a file.</returns>
    IReadOnlyDictionary<string, string> Inputs(SweepPoint point);

    /// <summary>Does one run.</summary>
    /// <param name="point">What to run.</param>
    /// <param name="cancellationToken">Ends the run early, with an <see cref="System.OperationCanceledException"/>.</param>
    /// <returns>Metric names, with their units, and values.</returns>
    /// <exception cref="SweepRunException">The run cannot be done, for a reason that a person can act on.</exception>
    IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken);
}
