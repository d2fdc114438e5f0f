using System;
using BenchmarkDotNet.Attributes;

namespace GpuMm.Benchmarks.Paging;

/// <summary>What a CPU access costs the simulator in the steady state: hits, faults of 16 entries, a zap of 64 MiB.</summary>
[MemoryDiagnoser]
public class PagingBenchmarks : IDisposable
{
    private const int Operations = 1024;

    private readonly byte[] _word = new byte[8];
    private readonly byte[] _one = new byte[1];
    private PagingRig _rig = null!;

    [GlobalSetup]
    public void Setup()
    {
        _rig = new PagingRig(objectCount: 1, objectBytes: 64ul << 20);
        _rig.FaultAll(0, _one);
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ReadThatHits()
    {
        for (int i = 0; i < Operations; i++)
        {
            _rig.Space.Read(_rig.AddressOf(0) + 64, _word);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void WriteThatHits()
    {
        for (int i = 0; i < Operations; i++)
        {
            _rig.Space.Write(_rig.AddressOf(0) + 64, _word);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)] // 1,024 faults fill the 64 MiB, then one zap
    public int FaultOf16EntriesAndItsZap()
    {
        int zapped = _rig.Zap(0);
        _rig.FaultAll(0, _one);
        return zapped;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
    }
}
