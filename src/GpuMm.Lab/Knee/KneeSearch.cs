using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Lab.Knee;

/// <summary>Finds the smallest memory that keeps to a budget, by search.</summary>
/// <remarks>
/// First a ladder of sizes between the bounds, so that a curve with bumps is seen as one; then halving between the last size that
/// fails and the first from which all hold, to the asked resolution. Each size is run with every seed. Cost: ladder + log2(gap / resolution) sizes.
/// </remarks>
public static class KneeSearch
{
    /// <summary>Sizes of the first ladder.</summary>
    public const int LadderSizes = 6;

    /// <summary>Searches.</summary>
    /// <param name="leastBytes">The smallest size to try, a multiple of <paramref name="resolutionBytes"/>.</param>
    /// <param name="mostBytes">The largest size to try; at least <paramref name="leastBytes"/>.</param>
    /// <param name="resolutionBytes">How close the two sides of the knee must come; all sizes tried are multiples of it.</param>
    /// <param name="seeds">How many seeds, at least 1.</param>
    /// <param name="confidence">The share of the seeds that must keep to the budget, above 0 to 1.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="measure">Gives the metric for sizes and a count of seeds: one row per size, one value per seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound makes no sense.</exception>
    public static KneeResult Find(
        ulong leastBytes, ulong mostBytes, ulong resolutionBytes, int seeds, double confidence, KneeBudget budget,
        Func<IReadOnlyList<ulong>, int, IReadOnlyList<IReadOnlyList<double>>> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentOutOfRangeException.ThrowIfZero(resolutionBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, leastBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(confidence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(confidence, 1);
        SortedDictionary<ulong, KneePoint> points = [];
        Measure(Ladder(leastBytes, mostBytes, resolutionBytes));
        int needed = (int)Math.Ceiling(confidence * seeds);
        while (true)
        {
            (ulong? failing, ulong? enough) = Sides(points.Values, point => point.Holding >= needed);
            if (failing is null || enough is null || enough - failing <= resolutionBytes)
            {
                bool isMonotone = enough is null || points.Values.All(point => point.Holding >= needed == point.SizeBytes >= enough);
                ulong?[] perSeed = [.. Enumerable.Range(0, seeds).Select(seed => Sides(points.Values, point => budget.Holds(point.Values[seed])).Enough)];
                return new KneeResult(enough, failing, perSeed, [.. points.Values], isMonotone);
            }

            ulong steps = (enough.Value - failing.Value) / resolutionBytes;
            Measure([failing.Value + (Math.Max(1, steps / 2) * resolutionBytes)]);
        }

        void Measure(IReadOnlyList<ulong> sizes)
        {
            IReadOnlyList<IReadOnlyList<double>> rows = measure(sizes, seeds);
            for (int i = 0; i < sizes.Count; i++)
            {
                points[sizes[i]] = new KneePoint(sizes[i], rows[i], rows[i].Count(budget.Holds));
            }
        }
    }

    // The last size that fails, and the first above it: from there on all hold.
    private static (ulong? Failing, ulong? Enough) Sides(IEnumerable<KneePoint> ascending, Func<KneePoint, bool> holds)
    {
        ulong? failing = null;
        ulong? enough = null;
        foreach (KneePoint point in ascending)
        {
            bool good = holds(point);
            failing = good ? failing : point.SizeBytes;
            enough = good ? enough ?? point.SizeBytes : null;
        }

        return (failing, enough);
    }

    private static List<ulong> Ladder(ulong leastBytes, ulong mostBytes, ulong resolutionBytes)
    {
        ulong steps = (mostBytes - leastBytes) / resolutionBytes;
        List<ulong> sizes = [];
        for (ulong i = 0; i < LadderSizes; i++)
        {
            ulong size = leastBytes + (steps * i / (LadderSizes - 1) * resolutionBytes);
            if (sizes.Count == 0 || size > sizes[^1])
            {
                sizes.Add(size);
            }
        }

        return sizes;
    }
}
