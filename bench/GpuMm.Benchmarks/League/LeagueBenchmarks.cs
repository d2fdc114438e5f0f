using System;
using System.IO;
using BenchmarkDotNet.Attributes;
using GpuMm.Lab.League;

namespace GpuMm.Benchmarks.League;

/// <summary>Residency replay of a hundred thousand Zipf requests at 10 % of the working set, per request.</summary>
[MemoryDiagnoser]
public class LeagueBenchmarks : IDisposable
{
    private const int Requests = 100_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"gpumm-bench-{Guid.NewGuid():N}.oracleGeneral");
    private OracleTrace? _trace;
    private long _capacity;

    [Params("lru", "sieve", "s3fifo", "arc", "lfu", "gdsf", "belady")]
    public string Policy { get; set; } = "lru";

    [GlobalSetup]
    public void Setup()
    {
        ZipfTrace.Write(_path, Requests, seed: 1, isOneSize: false);
        _trace = OracleTrace.Open(_path);
        _capacity = new CapacitySpec("10%", 0, 0.1).Resolve(TraceScan.Of(_trace, countsObjects: false).WorkingSet, countsObjects: false);
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public long Replay()
    {
        ReplayPass pass = new(_trace!, countsObjects: false);
        ResidencyReplay replay = ReplayFactory.Make(Policy, _capacity, _trace!, pass.Table);
        while (pass.TryNext(out ReplayBatch batch))
        {
            replay.Play(batch);
        }

        return replay.Misses;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _trace?.Dispose();
        File.Delete(_path);
        GC.SuppressFinalize(this);
    }
}
