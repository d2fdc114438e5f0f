using BenchmarkDotNet.Attributes;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// A range that is three quarters full with 10,000 nodes of 1 to 16 units: one free and one allocation, by mode, against
/// the sorted-set best fit; and a scan that finds room for 64 units.
/// </summary>
[MemoryDiagnoser]
public class RangeAllocatorBenchmarks
{
    private const int Live = 10_000;
    private const int Pairs = 4_096;

    private readonly RangeHandle[] _handles = new RangeHandle[Live];
    private readonly SortedSetFit.Ticket[] _tickets = new SortedSetFit.Ticket[Live];
    private readonly Prng _random = new(42);
    private RangeAllocator _allocator = null!;
    private SortedSetFit _baseline;

    [Params(RangeMode.Best, RangeMode.Low, RangeMode.High)]
    public RangeMode Mode { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _allocator = new RangeAllocator(0, Live * 12, Live);
        _baseline = SortedSetFit.Create(Live * 12, Live);
        for (int i = 0; i < Live; i++)
        {
            uint size = 1 + _random.Below(16);
            _allocator.TryInsert(new RangeRequest(size, Mode: Mode), out _handles[i]);
            _baseline.TryAllocate(size, ref _tickets[i], out _);
        }
    }

    [Benchmark(OperationsPerInvoke = Pairs)]
    public ulong FreeAndInsert()
    {
        for (int i = 0; i < Pairs; i++)
        {
            ref RangeHandle handle = ref _handles[_random.Below(Live)];
            if (!handle.IsNone)
            {
                _allocator.Remove(handle);
            }

            _allocator.TryInsert(new RangeRequest(1 + _random.Below(16), Mode: Mode), out handle);
        }

        return _allocator.FreeBytes;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Pairs)]
    public ulong SortedSetFreeAndInsert()
    {
        ulong sum = 0;
        for (int i = 0; i < Pairs; i++)
        {
            ref SortedSetFit.Ticket ticket = ref _tickets[_random.Below(Live)];
            if (SortedSetFit.IsLive(in ticket))
            {
                _baseline.Free(ref ticket);
            }

            _baseline.TryAllocate(1 + _random.Below(16), ref ticket, out ulong offset);
            sum += offset;
        }

        return sum;
    }

    [Benchmark]
    public bool ScanForRoom()
    {
        _allocator.BeginScan(new RangeRequest(64));
        int added = 0;
        bool hit = false;
        while (!hit && added < Live)
        {
            hit = !_handles[added].IsNone && _allocator.AddBlock(_handles[added]);
            added++;
        }

        while (added > 0)
        {
            added--;
            if (!_handles[added].IsNone)
            {
                _allocator.RemoveBlock(_handles[added]);
            }
        }

        return hit;
    }
}
