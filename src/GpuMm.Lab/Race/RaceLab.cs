using System;

namespace GpuMm.Lab.Race;

/// <summary>Explores scenarios.</summary>
public static class RaceLab
{
    /// <summary>Judges every interleaving of one scenario.</summary>
    /// <param name="scenario">One of <see cref="RaceTable"/> or <see cref="RaceVariants"/>.</param>
    /// <returns>The counts, and the first bad schedule.</returns>
    /// <remarks>Deterministic: no clock, thread or randomness. Cost: O(steps of all schedules).</remarks>
    public static RaceResult Explore(RaceScenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var tally = new RaceTally(scenario.Model);
        ScheduleExplorer.Explore<RaceModel, RaceState, RaceTally>(scenario.Model, RaceState.Start(), ref tally);
        return new RaceResult(scenario, tally);
    }
}
