using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using GpuMm.Lab.League;
using Xunit;

namespace GpuMm.LabTests.League;

/// <summary>The eight policies that libCacheSim has as well, on a trace whose counts are known to the last byte.</summary>
public sealed class GoldenMissCountTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Data");

    [Fact]
    public void MissesAndBytesAreThoseOfTheGoldenTable()
    {
        string[][] golden = [.. File.ReadLines(Path.Combine(s_folder, "miss-counts.csv")).Skip(1).Select(static line => line.Split(','))];
        Assert.Equal(16, golden.Length);
        using OracleTrace trace = OracleTrace.Open(Path.Combine(s_folder, "zipf1_200k.oracleGeneral.zst"));
        LeagueResult result = PolicyLeague.Play(trace, new LeagueOptions
        {
            Policies = [.. golden.Select(static row => row[1]).Distinct()],
            Capacities = CapacitySpec.ParseList(string.Join(",", golden.Select(static row => row[2]).Distinct()), countsObjects: false),
        }, cancel: TestContext.Current.CancellationToken);
        Dictionary<(string, long), LeagueRow> rows = result.Rows.ToDictionary(static row => (row.Policy, row.Capacity));
        foreach (string[] row in golden)
        {
            ReplayCounts counts = rows[(row[1], Number(row[2]))].Counts;
            Assert.Equal((row[1], Number(row[3])), (row[1], counts.Requests));
            Assert.Equal((row[1], Number(row[4])), (row[1], counts.Misses));
            Assert.Equal((row[1], (ulong)Number(row[5])), (row[1], counts.MissBytes));
        }
    }

    [Fact]
    public void SharesOfTheWorkingSetAreWholePagesAndGiveTheGoldenSizes()
    {
        using OracleTrace trace = OracleTrace.Open(Path.Combine(s_folder, "zipf1_200k.oracleGeneral.zst"));
        LeagueResult result = PolicyLeague.Play(trace, new LeagueOptions
        {
            Policies = ["fifo"],
            Capacities = CapacitySpec.ParseList("5%,0.25", countsObjects: false),
        }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal([1_667_743_744, 8_338_722_816], result.Rows.Select(static row => row.Capacity));
        Assert.Equal(16_858, result.Objects);
    }

    [Fact]
    public void NoPolicyGoesBelowTheBoundAndSieveEqualsLfuWhileItsHandHasNotWrapped()
    {
        using OracleTrace trace = OracleTrace.Open(Path.Combine(s_folder, "zipf1_200k.oracleGeneral.zst"));
        LeagueResult result = PolicyLeague.Play(trace, new LeagueOptions
        {
            Policies = ["all"],
            Capacities = CapacitySpec.ParseList("auto", countsObjects: false),
            Workers = 2,
        }, cancel: TestContext.Current.CancellationToken);
        Assert.All(result.Rows, static row => Assert.True(row.Counts.Misses >= row.BoundMisses, $"{row.Policy} at {row.Capacity}"));
        Assert.All(result.Rows, static row => Assert.True(row.Counts.MissBytes >= row.BoundMissBytes, $"{row.Policy} at {row.Capacity}"));
        LeagueRow[] large = [.. result.Rows.Where(row => row.Capacity == result.Rows.Max(static other => other.Capacity))];
        Assert.Equal(
            large.Single(static row => row.Policy == "lfu").Counts.MissBytes,
            large.Single(static row => row.Policy == "sieve").Counts.MissBytes);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
