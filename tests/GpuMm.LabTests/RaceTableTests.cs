using System;
using System.Collections.Generic;
using GpuMm.Lab.Race;
using Xunit;

namespace GpuMm.LabTests;

/// <summary>The table's counts are exact: a change of one is a change of what counts as an atomic step.</summary>
public sealed class RaceTableTests
{
    [Theory]
    // Columns: schedules, ok, stale, lost writes.
    [InlineData("nopfn/zap-copy-retarget", 35, 20, 15, 0)]
    [InlineData("nopfn/copy-zap-retarget", 35, 22, 10, 3)]
    [InlineData("nopfn/copy-retarget-zap", 35, 22, 6, 7)]
    [InlineData("nopage/zap-copy-retarget", 76, 76, 0, 0)]
    [InlineData("nopage/copy-zap-retarget", 74, 71, 0, 3)]
    [InlineData("nopage/copy-retarget-zap", 68, 61, 0, 7)]
    [InlineData("nopage-lock-free/zap-copy-retarget", 2036, 1351, 685, 0)]
    [InlineData("nopage-lock-free/copy-zap-retarget", 2086, 1721, 350, 15)]
    [InlineData("nopage-lock-free/copy-retarget-zap", 1572, 1532, 0, 40)]
    [InlineData("page-lock/zap-copy-retarget", 197, 197, 0, 0)]
    [InlineData("page-lock/copy-zap-retarget", 175, 174, 0, 1)]
    [InlineData("page-lock/copy-retarget-zap", 510, 508, 0, 2)]
    [InlineData("insert-under-lock/zap-copy-retarget", 14, 14, 0, 0)]
    [InlineData("insert-under-lock/copy-zap-retarget", 14, 13, 0, 1)]
    [InlineData("insert-under-lock/copy-retarget-zap", 14, 12, 0, 2)]
    [InlineData("ttm/zap-copy-retarget", 472, 472, 0, 0)]
    [InlineData("ttm/copy-zap-retarget", 370, 367, 0, 3)]
    [InlineData("ttm/copy-retarget-zap", 294, 287, 0, 7)]
    public void EveryCellHasItsCounts(string name, long schedules, long ok, long stale, long lostWrites)
    {
        RaceResult result = Find.Explored(RaceTable.All, name);
        Assert.Equal((schedules, ok, stale, lostWrites),
            (result.Schedules, result[RaceVerdict.Ok], result.Stale, result[RaceVerdict.LostWrite]));
        Assert.Equal(schedules, ok + stale + lostWrites);
        Assert.True(result.RetriesMax <= 1, "One move drops a page at most once.");
        Assert.True(result.IsAsPromised, "A shared lock and zap-first are what makes a cell clean.");
    }

    [Fact]
    public void TheTableHoldsEveryContractInEveryOrder() => Assert.Equal(6 * 3, RaceTable.All.Count);

    [Fact]
    public void StaleEntriesOfTheFirstCellSplitIntoForeignLostAndHarmless()
    {
        RaceResult result = Find.Explored(RaceTable.All, "nopfn/zap-copy-retarget");
        Assert.Equal(9, result[RaceVerdict.StaleForeign]);
        Assert.Equal(5, result[RaceVerdict.StaleLostWrite]);
        Assert.Equal(1, result[RaceVerdict.StaleHarmless]);
    }

    /// <summary>
    /// Read and unlock before the mover's lock leave install and store to be merged with 6 mover steps: C(8, 2). With the
    /// mover done before the read, the first access has 7 positions. Stale: the install comes into one of the 5 gaps
    /// after the zap, and the store into the same gap or a later one.
    /// </summary>
    [Fact]
    public void TheFirstCellAgreesWithItsClosedForm()
    {
        RaceResult result = Find.Explored(RaceTable.All, "nopfn/zap-copy-retarget");
        Assert.Equal(Binomial.Of(8, 2) + 7, result.Schedules);
        Assert.Equal(5 + 4 + 3 + 2 + 1, result.Stale);
    }

    /// <summary>Under the lock the last access alone is free: 7 positions; with the mover first, the first access: 7.</summary>
    [Theory]
    [InlineData("insert-under-lock/zap-copy-retarget")]
    [InlineData("insert-under-lock/copy-zap-retarget")]
    [InlineData("insert-under-lock/copy-retarget-zap")]
    public void InsertionUnderTheLockAgreesWithItsClosedForm(string name) =>
        Assert.Equal(7 + 7, Find.Explored(RaceTable.All, name).Schedules);

    [Fact]
    public void NoPageNeedsItsRetry() =>
        Assert.Equal(1, Find.Explored(RaceTable.All, "nopage/zap-copy-retarget").RetriesMax);

    [Fact]
    public void EveryCellComesOutTheSameWhenEveryScheduleIsReplayedFromTheStart()
    {
        foreach (RaceScenario scenario in RaceTable.All)
        {
            RaceResult result = RaceLab.Explore(scenario);
            List<(byte[] Schedule, RaceState Last)> naive = NaiveExplorer.Explore(scenario.Model, RaceState.Start());
            Assert.Equal(result.Schedules, naive.Count);
            foreach (RaceVerdict verdict in Enum.GetValues<RaceVerdict>())
            {
                List<(byte[] Schedule, RaceState Last)> same = naive.FindAll(
                    entry => scenario.Model.Judge(in entry.Last, ScheduleEnd.NobodyCanStep) == verdict);
                Assert.Equal(result[verdict], same.Count);
                if (verdict != RaceVerdict.Ok && same.Count > 0)
                {
                    Assert.Equal(same[0].Schedule, result.FirstOf(verdict));
                }
            }
        }
    }
}
