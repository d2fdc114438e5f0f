using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Lab.Knee;
using Xunit;

namespace GpuMm.LabTests.Knee;

/// <summary>The knee is where the budget starts to hold, found by search.</summary>
public sealed class KneeTests
{
    private static readonly KneeBudget s_budget = new("p99", true, false, 100);

    [Fact]
    public void TheSearchFindsTheKneeOfAnyFallingCurveToTheResolution() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[0, 200], Gen.Int[1, 150]).Sample((least, span, knee) =>
        {
            int tried = 0;
            KneeResult result = KneeSearch.Find((ulong)least, (ulong)(least + span), 1, 1, 1, s_budget, (sizes, _) =>
            {
                tried += sizes.Count;
                return [.. sizes.Select(size => (IReadOnlyList<double>)[size >= (ulong)knee ? 50 : 150])];
            });
            ulong? expected = knee <= least ? (ulong)least : knee <= least + span ? (ulong)knee : null;
            Assert.Equal(expected, result.EnoughBytes);
            Assert.True(result.IsMonotone);
            Assert.Equal(expected is null ? (ulong)(least + span) : expected == (ulong)least ? null : expected - 1, result.TooSmallBytes);
            Assert.True(tried <= KneeSearch.LadderSizes + 8, $"{tried} sizes were tried");
        });

    [Fact]
    public void SeedsVoteAndTheirSpreadIsTold()
    {
        // Seed s holds from 40 + 10 s up.
        KneeResult Search(double confidence) => KneeSearch.Find(10, 100, 1, 4, confidence, s_budget, static (sizes, seeds) =>
            [.. sizes.Select(size => (IReadOnlyList<double>)[.. Enumerable.Range(0, seeds).Select(seed => size >= (ulong)(40 + (10 * seed)) ? 0.0 : 200)])]);
        Assert.Equal(70ul, Search(1).EnoughBytes);
        Assert.Equal(60ul, Search(0.75).EnoughBytes);
        KneeResult all = Search(1);
        Assert.True(all.PerSeedBytes[0] <= all.PerSeedBytes[3]);
        Assert.Equal(70ul, all.PerSeedBytes[3]);
    }

    [Fact]
    public void ABumpIsToldAndTheKneeLiesAboveIt()
    {
        // Holds at 28 by luck, fails at 46 (both on the ladder), holds from 60.
        KneeResult result = KneeSearch.Find(10, 100, 1, 1, 1, s_budget, static (sizes, _) =>
            [.. sizes.Select(static size => (IReadOnlyList<double>)[size is 28 or >= 60 ? 0 : 200])]);
        Assert.Equal(60ul, result.EnoughBytes);
        Assert.False(result.IsMonotone);
    }

    [Fact]
    public void NotANumberNeverHolds() => Assert.Null(KneeSearch.Find(1, 9, 1, 1, 1, s_budget, static (sizes, _) =>
        [.. sizes.Select(static _ => (IReadOnlyList<double>)[double.NaN])]).EnoughBytes);

    [Theory]
    [InlineData("p99<16.7ms", "p99", true, false, 16.7e6)]
    [InlineData("stutters<=3", "stutters", true, true, 3)]
    [InlineData("missratio < 5%", "missratio", true, false, 0.05)]
    [InlineData("fps>=60", "fps", false, true, 60)]
    [InlineData("moved<2GiB", "moved", true, false, 2147483648.0)]
    public void BudgetsAreRead(string text, string metric, bool isBelow, bool includes, double bound)
    {
        Assert.True(KneeBudget.TryParse(text, out KneeBudget budget));
        Assert.Equal((metric, isBelow, includes), (budget.Metric, budget.IsBelow, budget.IncludesBound));
        Assert.Equal(bound, budget.Bound, 1e-9 * bound);
    }

    [Theory]
    [InlineData("p99")]
    [InlineData("<5ms")]
    [InlineData("p99<")]
    [InlineData("p99<5parsecs")]
    [InlineData("p99<1.2.3ms")]
    [InlineData("p99=5")]
    public void WhatIsNoBudgetIsRefused(string text) => Assert.False(KneeBudget.TryParse(text, out _));

    [Fact]
    public void TheBoundItselfCountsOnlyWhenItIsIncluded()
    {
        Assert.False(s_budget.Holds(100));
        Assert.True((s_budget with { IncludesBound = true }).Holds(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => KneeSearch.Find(5, 4, 1, 1, 1, s_budget, static (_, _) => []));
    }
}
