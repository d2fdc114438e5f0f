using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Lab.League;
using Xunit;

namespace GpuMm.LabTests.League;

/// <summary>Every policy beside the plain reading of its rules, compared after each request.</summary>
public sealed class ReplayModelTests(ITestOutputHelper output)
{
    private static readonly int s_traces = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 5000 : 150;

    [Theory]
    [InlineData("lru")]
    [InlineData("fifo")]
    [InlineData("clock")]
    [InlineData("sieve")]
    [InlineData("s3fifo")]
    [InlineData("arc")]
    [InlineData("lfu")]
    [InlineData("gdsf")]
    [InlineData("gdsf-bytes")]
    [InlineData("belady")]
    public void ResidentObjectsAndCountsEqualTheModelAfterEachRequest(string policy)
    {
        long evictions = 0;
        for (ulong seed = 1; seed <= (ulong)s_traces; seed++)
        {
            OracleRecord[] records = RandomTrace.Make(seed, out long capacity);
            evictions += Compare(policy, records, capacity, $"{policy}, seed {seed}, capacity {capacity}");
        }

        output.WriteLine($"{policy}: {evictions} evictions in {s_traces} traces");
        Assert.True(evictions > s_traces, "The traces must provoke evictions.");
    }

    private static long Compare(string policy, OracleRecord[] records, long capacity, string what)
    {
        string path = RandomTrace.Write(records);
        try
        {
            using OracleTrace trace = OracleTrace.Open(path);
            ObjectTable table = new(bits: 2);
            ResidencyReplay replay = ReplayFactory.Make(policy, capacity, trace, table);
            NaivePolicy model = Model(policy, capacity);
            ReplayRequest[] request = new ReplayRequest[1];
            for (int i = 0; i < records.Length; i++)
            {
                table.Map(records.AsSpan(i, 1), request, countsObjects: false);
                replay.Play(new ReplayBatch
                {
                    FirstNumber = i + 1,
                    SlotCount = table.Count,
                    Requests = request,
                    Records = records.AsSpan(i, 1),
                });
                model.Request((int)(records[i].Id >> 33), records[i].ObjectBytes, records[i].Next);
                Assert.True(model.Misses == replay.Misses && model.MissBytes == replay.MissBytes, $"{what}: counts differ at record {i + 1}.");
                HashSet<int> resident = [.. model.Resident.Select(id => table.Find((ulong)id << 33))];
                Assert.True(
                    Enumerable.Range(0, table.Count).All(slot => replay.IsResident(slot) == resident.Contains(slot)),
                    $"{what}: another object is resident after record {i + 1}.");
                Assert.True(replay.Occupied <= capacity, $"{what}: more is resident than fits.");
            }

            // In whole batches, where what comes next is asked for early, the counts are the same.
            ReplayPass pass = new(trace, countsObjects: false);
            ResidencyReplay whole = ReplayFactory.Make(policy, capacity, trace, pass.Table);
            while (pass.TryNext(out ReplayBatch batch))
            {
                whole.Play(batch);
            }

            Assert.True(whole.Counts == replay.Counts, $"{what}: another count in batches.");
            return replay.Evictions;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static NaivePolicy Model(string policy, long capacity) => policy switch
    {
        "s3fifo" => new NaiveS3Fifo(capacity),
        "arc" => new NaiveArc(capacity),
        "lfu" or "gdsf" or "gdsf-bytes" => new NaiveLfu(policy, capacity),
        "belady" => new NaiveBelady(capacity),
        _ => new NaiveQueue(policy, capacity),
    };
}
