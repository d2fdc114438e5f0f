using System;
using System.IO;
using GpuMm.Lab.League;
using Xunit;

namespace GpuMm.LabTests.League;

/// <summary>What cannot be played is refused in one sentence.</summary>
public sealed class LeagueInputTests
{
    [Theory]
    [InlineData("lru-touch", "10%", "give 'lru'")]
    [InlineData("amdgpu-stay", "10%", "give 'lru'")]
    [InlineData("nonsense", "10%", "There is no policy 'nonsense'; give some of lru, fifo")]
    [InlineData("lru", "0%", "more than 0 %")]
    [InlineData("lru", "12 apples", "is no size")]
    [InlineData("lru", "0.0001%", "is nothing; give a larger share")]
    public void WrongWishesNameTheWayOut(string policy, string capacity, string expected)
    {
        LeagueException problem = Assert.Throws<LeagueException>(() => Play(RandomTrace.Make(7, out _), policy, capacity));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BeladyIsRefusedWhenTheTraceDoesNotKnowTheFuture()
    {
        OracleRecord[] records = RandomTrace.Make(3, out _);
        for (int i = 0; i < records.Length; i++)
        {
            records[i].Next = -1;
        }

        LeagueException problem = Assert.Throws<LeagueException>(() => Play(records, "belady", "50"));
        Assert.Contains("'belady' needs to know the future", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(Play(records, "lru,bound", "50"));
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(25, "it ends inside the record at byte 24")]
    public void FilesThatAreNoWholeRecordsAreRefused(int length, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-test-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, new byte[length]);
        try
        {
            LeagueException problem = Assert.Throws<LeagueException>(() => OracleTrace.Open(path));
            Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static LeagueResult Play(OracleRecord[] records, string policies, string capacities)
    {
        string path = RandomTrace.Write(records);
        try
        {
            using OracleTrace trace = OracleTrace.Open(path);
            return PolicyLeague.Play(trace, new LeagueOptions
            {
                Policies = policies.Split(','),
                Capacities = CapacitySpec.ParseList(capacities, countsObjects: false),
            });
        }
        finally
        {
            File.Delete(path);
        }
    }
}
