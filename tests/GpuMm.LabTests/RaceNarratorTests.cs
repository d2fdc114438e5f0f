using System.Collections.Generic;
using System.Linq;
using GpuMm.Lab.Race;
using Xunit;

namespace GpuMm.LabTests;

public sealed class RaceNarratorTests
{
    [Fact]
    public void TheFirstStaleEntryIsToldStepByStep()
    {
        RaceResult result = Find.Explored(RaceTable.All, "nopfn/zap-copy-retarget");
        string[] expected =
        [
            "F: access, entry empty -> fault",
            "F: lock L, read place = A",
            "F: unlock L",
            "M: lock L",
            "M: zap the entries (zap counter 1)",
            "F: entry empty -> install A",
            "F: access, entry = A: load and store in frame A",
            "M: copy A -> B",
            "M: place = B",
            "M: free A: it goes to another owner",
            "M: unlock L",
        ];
        Assert.Equal(expected, RaceNarrator.Tell(result, result.OffendingVerdict).Select(static step => $"{step.Actor}: {step.Text}"), System.StringComparer.Ordinal);
        Assert.Equal("stale entry: no byte is wrong so far, but it should not be there", RaceNarrator.Conclude(result, result.OffendingVerdict));
    }

    [Fact]
    public void ADeadLockSaysWhoWaitsForWhat() =>
        Assert.Equal(
            "dead-lock: F waits for L, M waits for the address-space lock",
            RaceNarrator.Conclude(Find.Explored(RaceVariants.All, "plain-lock"), RaceVerdict.DeadLock));

    [Fact]
    public void EveryBadVerdictTellsOneScheduleAndACleanCellNone()
    {
        foreach (RaceResult result in RaceTable.All.Concat(RaceVariants.All).Select(RaceLab.Explore))
        {
            Assert.Equal(result.IsClean, result.OffendingVerdict == RaceVerdict.Ok);
            Assert.Equal(result.IsClean, result.BadVerdicts().Count == 0);
            foreach (RaceVerdict verdict in result.BadVerdicts())
            {
                IReadOnlyList<NarratedStep> steps = RaceNarrator.Tell(result, verdict);
                Assert.NotEmpty(steps);
                Assert.All(steps, static step => Assert.Matches("^[a-z]", step.Text));
            }
        }
    }
}
