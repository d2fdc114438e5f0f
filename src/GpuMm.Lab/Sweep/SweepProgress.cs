using System;

namespace GpuMm.Lab.Sweep;

/// <summary>How far a sweep is.</summary>
/// <param name="Total">Runs of this part.</param>
/// <param name="Known">Runs that were stored before and are not done again.</param>
/// <param name="Done">Runs done now, failed ones too.</param>
/// <param name="Failed">Runs among them that could not be done.</param>
/// <param name="Elapsed">Wall time since the start.</param>
/// <param name="Last">What was done last; null at the start.</param>
public readonly record struct SweepProgress(int Total, int Known, int Done, int Failed, TimeSpan Elapsed, StoredRun? Last)
{
    /// <summary>Runs still to do.</summary>
    public int Left => Total - Known - Done;

    /// <summary>When the rest will be done, from the mean of the runs done now; null before the first.</summary>
    public TimeSpan? Remaining => Done == 0 ? null : Elapsed / Done * Left;
}
