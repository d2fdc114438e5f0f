using System;
using System.Collections.Generic;

namespace GpuMm.Lab.Race;

/// <summary>What all interleavings of one scenario came to.</summary>
public sealed class RaceResult
{
    private readonly long[] _counts;
    private readonly byte[]?[] _offending;

    internal RaceResult(RaceScenario scenario, RaceTally tally)
    {
        Scenario = scenario;
        _counts = tally.Counts;
        RetriesMax = tally.RetriesMax;
        StepsMax = tally.StepsMax;
        OffendingVerdict = tally.OffendingVerdict;
        _offending = tally.Offending;
        foreach (long count in _counts)
        {
            Schedules += count;
        }
    }

    /// <summary>Gets what was explored.</summary>
    public RaceScenario Scenario { get; }

    /// <summary>Gets how many complete schedules there are.</summary>
    public long Schedules { get; }

    /// <summary>Gets the most retries of one fault in any schedule.</summary>
    public int RetriesMax { get; }

    /// <summary>Gets the steps of the longest schedule.</summary>
    public int StepsMax { get; }

    /// <summary>Gets how many schedules leave a stale entry, whatever came of it.</summary>
    public long Stale =>
        this[RaceVerdict.StaleHarmless] + this[RaceVerdict.StaleLostWrite] + this[RaceVerdict.StaleForeign];

    /// <summary>Gets whether no schedule is bad.</summary>
    public bool IsClean => this[RaceVerdict.Ok] == Schedules;

    /// <summary>Gets whether the scenario came out as the rules say.</summary>
    public bool IsAsPromised => IsClean == Scenario.MustBeClean;

    /// <summary>Gets what the first bad schedule came to; <see cref="RaceVerdict.Ok"/> when there is none.</summary>
    public RaceVerdict OffendingVerdict { get; }

    /// <summary>Gets how many schedules came to one verdict.</summary>
    public long this[RaceVerdict verdict]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((int)verdict, _counts.Length - 1, nameof(verdict));
            return _counts[(int)verdict];
        }
    }

    /// <summary>Gets which bad verdicts occur, in the order of the enumeration.</summary>
    public IReadOnlyList<RaceVerdict> BadVerdicts()
    {
        List<RaceVerdict> verdicts = [];
        for (RaceVerdict verdict = RaceVerdict.Ok + 1; (int)verdict < _counts.Length; verdict++)
        {
            if (this[verdict] > 0)
            {
                verdicts.Add(verdict);
            }
        }

        return verdicts;
    }

    /// <summary>Gets the first schedule, in enumeration order, that came to a bad verdict.</summary>
    /// <param name="verdict">Not <see cref="RaceVerdict.Ok"/>: good schedules are not kept.</param>
    /// <returns>One actor number per step; empty when there is no such schedule.</returns>
    public IReadOnlyList<byte> FirstOf(RaceVerdict verdict)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)verdict, _offending.Length - 1, nameof(verdict));
        return _offending[(int)verdict] ?? [];
    }
}
