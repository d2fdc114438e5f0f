using BenchmarkDotNet.Attributes;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// The constant-time allocator in a steady state: a buffer of 1 MiB three quarters full of small objects; each pair frees
/// the oldest and allocates its size anew.
/// </summary>
[MemoryDiagnoser]
public class BinAllocatorBenchmarks
{
    private const int Pairs = 1024;

    private readonly BinBlock[] _blocks = new BinBlock[Pairs];
    private BinAllocator _bins = null!;

    [Params(1, 256)]
    public ulong AlignmentBytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bins = new BinAllocator(1ul << 20, unitBytes: 16);
        for (int i = 0; i < Pairs; i++)
        {
            _ = _bins.TryAllocate(SizeOf(i), AlignmentBytes, out _blocks[i], out _);
        }
    }

    [Benchmark(OperationsPerInvoke = Pairs)]
    public ulong FreeAndAllocate()
    {
        ulong sum = 0;
        for (int i = 0; i < Pairs; i++)
        {
            if (!_blocks[i].IsNone)
            {
                _bins.Free(_blocks[i]);
            }

            _ = _bins.TryAllocate(SizeOf(i), AlignmentBytes, out _blocks[i], out ulong offsetBytes);
            sum += offsetBytes;
        }

        return sum;
    }

    private static ulong SizeOf(int i) => (ulong)(1 + (i * 7 % 95)) * 16; // mean 768 bytes: three quarters of 1 MiB
}
