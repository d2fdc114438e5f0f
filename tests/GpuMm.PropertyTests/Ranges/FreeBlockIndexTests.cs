using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>The free blocks of a buddy space against sorted sets, with far more of them than the tops hold.</summary>
public sealed class FreeBlockIndexTests
{
    private const int Orders = 3; // few orders, so that each has many blocks

    [Theory]
    [InlineData(1 << 10)] // an array of words from the first on
    [InlineData(1 << 18)] // a hash table that becomes an array
    [InlineData(1L << 40)] // a hash table for ever
    public void TheIndexAgreesWithSortedSets(long chunkCount)
    {
        Gen.Select(
            Gen.Int[1, 8],
            Gen.Select(Gen.Int[0, 99], Gen.Int[0, Orders - 1], Gen.ULong).Array[0, 3_000])
            .Sample((weight, calls) => Agrees((ulong)chunkCount, weight, calls), iter: 150);
    }

    private static bool Agrees(ulong chunkCount, int weight, (int Roll, int Order, ulong Raw)[] calls)
    {
        FreeBlockIndex subject = new(chunkCount, maxOrder: 9);
        SortedSet<ulong>[] model = [.. Enumerable.Range(0, Orders).Select(_ => new SortedSet<ulong>())];
        foreach ((int roll, int order, ulong raw) in calls)
        {
            if (!Apply(subject, model[order], roll, weight, order, raw % (chunkCount >> order)))
            {
                return false;
            }
        }

        for (int order = 0; order < Orders; order++)
        {
            if (subject.Count(order) != (ulong)model[order].Count ||
                ((subject.NonEmptyOrders >> order) & 1) != (model[order].Count == 0 ? 0ul : 1))
            {
                return false;
            }
        }

        return subject.Validate() is null;
    }

    /// <summary>One call: rolls below the weights add, then take from the top, remove, or search.</summary>
    private static bool Apply(
        FreeBlockIndex subject, SortedSet<ulong> model, int roll, int weight, int order, ulong index)
    {
        if (roll < 10 * weight)
        {
            return model.Contains(index) ? subject.Contains(order, index) : Frees(subject, model, order, index);
        }

        switch (roll % 5)
        {
            case 0:
                return subject.TryRemove(order, index) == model.Remove(index);
            case 1:
                return model.Count == 0 || Takes(subject, model, order);
            case 2:
                SortedSet<ulong> below = model.GetViewBetween(0, index);
                return subject.TryHighestAtOrBelow(order, index, out ulong found)
                    ? below.Count != 0 && below.Max == found
                    : below.Count == 0;
            case 3:
                SortedSet<ulong> above = model.GetViewBetween(index, ulong.MaxValue);
                return subject.TryLowestAtOrAbove(order, index, out found)
                    ? above.Count != 0 && above.Min == found
                    : above.Count == 0;
            default:
                int step = 1 + (int)(index & 1);
                ulong[] aligned = [.. model.Where(one => one % (1ul << step) == 0)];
                return index % 64 != 0 || // seldom: from then on alignments are noted
                    (subject.TryHighestAligned(order, step, out found)
                        ? aligned.Length != 0 && aligned[^1] == found
                        : aligned.Length == 0);
        }
    }

    private static bool Frees(FreeBlockIndex subject, SortedSet<ulong> model, int order, ulong index)
    {
        bool takesBuddy = model.Remove(index ^ 1);
        if (!takesBuddy)
        {
            model.Add(index);
        }

        if (takesBuddy || index % 3 != 0)
        {
            return subject.AddOrTakeBuddy(order, index) == takesBuddy;
        }

        subject.Add(order, index);
        return true;
    }

    private static bool Takes(FreeBlockIndex subject, SortedSet<ulong> model, int order)
    {
        ulong highest = model.Max;
        model.Remove(highest);
        return subject.Highest(order) == highest && subject.TakeHighest(order) == highest;
    }
}
