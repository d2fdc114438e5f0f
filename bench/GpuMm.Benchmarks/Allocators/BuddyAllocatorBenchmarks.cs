using BenchmarkDotNet.Attributes;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// The buddy allocator in a steady state: 64 MiB three quarters full of allocations of 1 to 23 chunks; each pair frees the
/// oldest and allocates its size anew.
/// </summary>
[MemoryDiagnoser]
public class BuddyAllocatorBenchmarks
{
    private const int Pairs = 1024;
    private const ulong Chunk = BuddyAllocator.MinChunkBytes;

    private readonly BuddyBlockList[] _lists = new BuddyBlockList[Pairs];
    private BuddyAllocator _buddy = null!;

    [Params(false, true)]
    public bool Contiguous { get; set; }

    private BuddyFlags Flags => Contiguous ? BuddyFlags.Contiguous : BuddyFlags.None;

    [GlobalSetup]
    public void Fill()
    {
        _buddy = new BuddyAllocator(1ul << 26);
        for (int i = 0; i < Pairs; i++)
        {
            _lists[i] = default;
            _ = _buddy.TryAllocate(SizeOf(i), Chunk, Flags, ref _lists[i]);
        }
    }

    [Benchmark(OperationsPerInvoke = Pairs)]
    public ulong FreeAndAllocate()
    {
        for (int i = 0; i < Pairs; i++)
        {
            _buddy.Free(ref _lists[i]);
            _ = _buddy.TryAllocate(SizeOf(i), Chunk, Flags, ref _lists[i]);
        }

        return _buddy.FreeBytes;
    }

    /// <summary>Sizes with a mean of 12 chunks: 1,024 of them fill three quarters of 16,384 chunks.</summary>
    private static ulong SizeOf(int i) => (ulong)(1 + (i * 7 % 23)) * Chunk;
}
