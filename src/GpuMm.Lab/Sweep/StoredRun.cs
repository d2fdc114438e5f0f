using System.Collections.Generic;

namespace GpuMm.Lab.Sweep;

/// <summary>A run that was done and stored.</summary>
/// <param name="Key">See <see cref="RunKey"/>.</param>
/// <param name="Point">What was run.</param>
/// <param name="Metrics">Metric names, with their units, and values; null when the run failed.</param>
/// <param name="Problem">Why the run failed; null when it did not.</param>
/// <param name="WallMs">How long it took, in milliseconds of wall time.</param>
public sealed record StoredRun(
    string Key, SweepPoint Point, IReadOnlyDictionary<string, double>? Metrics, string? Problem, double WallMs);
