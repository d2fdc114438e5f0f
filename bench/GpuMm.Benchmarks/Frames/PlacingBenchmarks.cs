using System;
using BenchmarkDotNet.Attributes;
using GpuMm.Backing;
using GpuMm.Objects;

namespace GpuMm.Benchmarks.Frames;

/// <summary>What placing costs the manager, without the bytes: an object in place, and one that evicts another.</summary>
[MemoryDiagnoser]
public class PlacingBenchmarks : IDisposable
{
    private const int Operations = 1024;
    private readonly BufferObject[] _pair = new BufferObject[2];
    private GpuDevice _device = null!;

    [GlobalSetup]
    public void Setup()
    {
        _device = new GpuDevice(
            new GpuDeviceOptions { VramBytes = 4ul << 20, ApertureBytes = 16ul << 20, SystemBytes = 64ul << 20, Backing = BackingKind.None },
            new InlineDriver());
        for (int i = 0; i < 2; i++)
        {
            OperationContext context = default;
            _device.TryCreate(new BufferObjectDescription(4ul << 20), Placement.Vram, ref context, out BufferObject? made);
            _pair[i] = made!;
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public MmStatus ReserveValidateInPlaceUnreserve()
    {
        MmStatus status = MmStatus.Ok;
        for (int i = 0; i < Operations; i++)
        {
            OperationContext context = default;
            _pair[1].Reserve();
            status |= _pair[1].Validate(Placement.VramThenGtt, ref context);
            _pair[1].Reservation.Unlock();
        }

        return status;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public MmStatus EvictAndMoveIn()
    {
        MmStatus status = MmStatus.Ok;
        for (int i = 0; i < Operations; i++)
        {
            OperationContext context = default;
            _pair[i & 1].Reserve();
            status |= _pair[i & 1].Validate(Placement.Vram, ref context);
            _pair[i & 1].Unreserve();
        }

        return status;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _device?.Dispose();
        GC.SuppressFinalize(this);
    }
}
