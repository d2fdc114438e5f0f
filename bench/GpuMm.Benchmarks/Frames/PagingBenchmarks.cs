using System;
using BenchmarkDotNet.Attributes;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Benchmarks.Frames;

/// <summary>What a CPU access costs the simulator: a hit, a fault that inserts 16 entries, and a zap of 64 MiB.</summary>
[MemoryDiagnoser]
public class PagingBenchmarks : IDisposable
{
    private const int Operations = 1024;
    private const ulong BigPages = 16_384; // 64 MiB

    private readonly byte[] _word = new byte[8];
    private readonly byte[] _page = new byte[4096];
    private readonly FaultLoop _faults = new();
    private GpuDevice _device = null!;
    private AddressSpace _space = null!;
    private BufferObject _big = null!;
    private VmArea _area = null!;

    [GlobalSetup]
    public void Setup()
    {
        _device = new GpuDevice(new GpuDeviceOptions { VramBytes = 128ul << 20, Backing = BackingKind.PageHeads }, new InlineDriver());
        _space = _device.CreateAddressSpace();
        OperationContext context = default;
        _device.TryCreate(new BufferObjectDescription(BigPages * 4096), Placement.Vram, ref context, out BufferObject? made);
        _big = made!;
        _area = _big.Map(_space);
        MapAll();
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ReadThatHits()
    {
        for (int i = 0; i < Operations; i++)
        {
            _space.Read(_area.StartAddress + 64, _word);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void FaultOf16Entries() => _faults.Run(Operations);

    [Benchmark]
    public int MapAndZap64MiB()
    {
        MapAll();
        _big.Reserve();
        int zapped = _device.Mapping.Unmap(_big.Window);
        _big.Reservation.Unlock();
        return zapped;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _device?.Dispose();
        _faults.Dispose();
        GC.SuppressFinalize(this);
    }

    private void MapAll()
    {
        for (ulong page = 0; page < BigPages; page += 16)
        {
            _space.Read(_area.StartAddress + (page * 4096), _page.AsSpan(0, 1));
        }
    }
}
