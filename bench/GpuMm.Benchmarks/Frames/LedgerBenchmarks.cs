using BenchmarkDotNet.Attributes;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.Benchmarks.Frames;

/// <summary>What it costs to book a frame: 24 stretches of the processor, four copies and a job, divided among their causes.</summary>
[MemoryDiagnoser]
public class LedgerBenchmarks
{
    private readonly FrameLedger _ledger = new();
    private long _nowNs;

    [Benchmark(Baseline = true)]
    public long BookFrame() => Book(wantParts: false);

    [Benchmark]
    public long BookStutterWithItsObjects() => Book(wantParts: true);

    private long Book(bool wantParts)
    {
        long start = _nowNs;
        for (int i = 0; i < 24; i++)
        {
            _ledger.Processor(new TimeSpent(start + (i * 100), start + (i * 100) + 100, (FrameCause)(5 + (i % 4)), (ulong)(i % 7), 4096));
        }

        for (int i = 0; i < 4; i++)
        {
            _ledger.Copy(new TimeSpent(start + 2400 + (i * 500), start + 2900 + (i * 500), i % 2 == 0 ? FrameCause.Eviction : FrameCause.Upload, (ulong)i, 65536));
        }

        _ledger.Job(start + 4400, start + 9000, 300, 4096);
        _nowNs = start + 9000;
        _ledger.Close(new FrameTiming(start, start + 2400, 0, _nowNs, _nowNs), wantParts);
        return _ledger.CauseNs[(int)FrameCause.GpuWork];
    }
}
