using System;
using System.Linq;
using GpuMm.Lab.Race;
using Xunit;

namespace GpuMm.LabTests;

/// <summary>Each mistake is found for its stated reason, and its remedy leaves no bad schedule.</summary>
public sealed class RaceVariantsTests
{
    [Theory]
    // Columns: schedules, ok, stale, lost writes, wrong data, dead-locks, live-locks.
    [InlineData("no-zap", 12, 6, 6, 0, 0, 0, 0)]
    [InlineData("zap-outside-lock", 50, 20, 30, 0, 0, 0, 0)]
    [InlineData("two-threads-nopfn", 126530, 111190, 15340, 0, 0, 0, 0)]
    [InlineData("two-threads-insert-under-lock", 4420, 4420, 0, 0, 0, 0, 0)]
    [InlineData("reuse-nopfn", 1276, 1132, 144, 0, 0, 0, 0)]
    [InlineData("reuse-insert-under-lock", 792, 792, 0, 0, 0, 0, 0)]
    [InlineData("prefault-nopfn", 62, 42, 20, 0, 0, 0, 0)]
    [InlineData("prefault-page-lock", 1250, 774, 476, 0, 0, 0, 0)]
    [InlineData("prefault-insert-under-lock", 27, 27, 0, 0, 0, 0, 0)]
    [InlineData("pipelined-no-wait", 1076, 1000, 0, 10, 66, 0, 0)]
    [InlineData("pipelined-wait", 830, 830, 0, 0, 0, 0, 0)]
    [InlineData("early-reuse-no-wait", 33888, 25300, 0, 36, 8552, 0, 0)]
    [InlineData("early-reuse-wait", 63300, 63300, 0, 0, 0, 0, 0)]
    [InlineData("plain-lock", 137, 117, 0, 0, 0, 20, 0)]
    [InlineData("try-lock-retry", 545, 545, 0, 0, 0, 0, 0)]
    [InlineData("try-lock-retry-two-moves", 212125, 210413, 0, 0, 0, 1712, 0)]
    [InlineData("retry-forever", 161277, 134957, 0, 0, 0, 0, 26320)]
    [InlineData("retry-once", 134957, 134957, 0, 0, 0, 0, 0)]
    [InlineData("area-not-rechecked", 33577, 14705, 18872, 0, 0, 0, 0)]
    [InlineData("area-rechecked", 33577, 33577, 0, 0, 0, 0, 0)]
    [InlineData("place-kept", 920, 534, 386, 0, 0, 0, 0)]
    public void EveryVariantHasItsCounts(
        string name, long schedules, long ok, long stale, long lostWrites, long wrongData, long deadLocks, long liveLocks)
    {
        RaceResult result = Find.Explored(RaceVariants.All, name);
        Assert.Equal(
            (schedules, ok, stale, lostWrites, wrongData, deadLocks, liveLocks),
            (result.Schedules, result[RaceVerdict.Ok], result.Stale, result[RaceVerdict.LostWrite],
                result[RaceVerdict.WrongData], result[RaceVerdict.DeadLock], result[RaceVerdict.LiveLock]));
        Assert.True(result.IsAsPromised, "A mistake has bad schedules, a remedy has none.");
    }

    [Fact]
    public void NamesAreUnique() =>
        Assert.Equal(RaceVariants.All.Count, RaceVariants.All.Select(static v => v.Name).Distinct(StringComparer.Ordinal).Count());

    /// <summary>Both handlers do the same until a second Retry; only what follows it is left out.</summary>
    [Fact]
    public void SchedulesWithoutASecondRetryAreCountedAlikeByBothHandlers() =>
        Assert.Equal(
            Find.Explored(RaceVariants.All, "retry-once")[RaceVerdict.Ok],
            Find.Explored(RaceVariants.All, "retry-forever")[RaceVerdict.Ok]);
}
