using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Lab.Diff;

/// <summary>Two runs side by side, aligned by frame: where they part, and whom it concerns.</summary>
public sealed record RunDiff
{
    /// <summary>By what they are aligned.</summary>
    public required RunCut Cut { get; init; }

    /// <summary>Pieces of the first run.</summary>
    public required int CountA { get; init; }

    /// <summary>Pieces of the second.</summary>
    public required int CountB { get; init; }

    /// <summary>Pieces in which they decided otherwise, those that only one has included.</summary>
    public required int DifferentCount { get; init; }

    /// <summary>Everything of the first run.</summary>
    public required ObjectLedger TotalA { get; init; }

    /// <summary>Everything of the second.</summary>
    public required ObjectLedger TotalB { get; init; }

    /// <summary>Where they part; null when they are the same.</summary>
    public required RunDivergence? First { get; init; }

    /// <summary>Objects to which something else was done, the second run less the first; those most concerned first.</summary>
    public required IReadOnlyList<KeyValuePair<string, ObjectLedger>> Objects { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="a">The first run.</param>
    /// <param name="b">The second.</param>
    public static RunDiff Of(RunLedger a, RunLedger b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        RunCut cut = Enum.GetValues<RunCut>().First(kind => a.Ends(kind).Count > 0 && b.Ends(kind).Count > 0);
        IReadOnlyList<(int Decision, long TimeNs)> endsA = Closed(a, cut);
        IReadOnlyList<(int Decision, long TimeNs)> endsB = Closed(b, cut);
        RunDivergence? first = null;
        int different = Math.Abs(endsA.Count - endsB.Count);
        (int startA, int startB) = (0, 0);
        for (int piece = 0; piece < Math.Min(endsA.Count, endsB.Count); piece++)
        {
            if (Parting(a, startA, endsA[piece].Decision, b, startB, endsB[piece].Decision) is { } at)
            {
                different++;
                first ??= new RunDivergence(
                    piece, at, startA + at < endsA[piece].Decision ? a.Decisions[startA + at] : null, startB + at < endsB[piece].Decision ? b.Decisions[startB + at] : null,
                    endsA[piece].TimeNs, endsB[piece].TimeNs);
            }

            (startA, startB) = (endsA[piece].Decision, endsB[piece].Decision);
        }

        return new RunDiff
        {
            Cut = cut,
            CountA = endsA.Count,
            CountB = endsB.Count,
            DifferentCount = different,
            TotalA = a.Total,
            TotalB = b.Total,
            First = first,
            Objects =
            [
                .. a.Objects.Keys.Union(b.Objects.Keys, StringComparer.Ordinal)
                    .Select(name => KeyValuePair.Create(name, b.Objects.GetValueOrDefault(name) - a.Objects.GetValueOrDefault(name)))
                    .Where(static pair => pair.Value != default).OrderByDescending(static pair => pair.Value.Weight).ThenBy(static pair => pair.Key, StringComparer.Ordinal),
            ],
        };
    }

    // What comes after the last mark is a piece, too.
    private static IReadOnlyList<(int Decision, long TimeNs)> Closed(RunLedger run, RunCut cut)
    {
        IReadOnlyList<(int Decision, long TimeNs)> ends = run.Ends(cut);
        return ends[^1].Decision == run.Decisions.Count ? ends : [.. ends, run.Ends(RunCut.Whole)[0]];
    }

    private static int? Parting(RunLedger a, int startA, int endA, RunLedger b, int startB, int endB)
    {
        int shared = Math.Min(endA - startA, endB - startB);
        for (int i = 0; i < shared; i++)
        {
            if (a.Decisions[startA + i] != b.Decisions[startB + i])
            {
                return i;
            }
        }

        return endA - startA == endB - startB ? null : shared;
    }
}
