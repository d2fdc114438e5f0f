using System;
using BenchmarkDotNet.Attributes;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Simulation;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>What one mirrored move costs the CPU, there and back, with the copy of one page waited for in batches.</summary>
[MemoryDiagnoser]
public class MirrorBenchmarks : IDisposable
{
    private const int Operations = 64;
    private MirrorDriver _driver = null!;
    private GpuDevice _device = null!;
    private BufferObject _target = null!;

    [GlobalSetup]
    public void Setup()
    {
        _driver = new MirrorDriver(MachineProfile.Find("pcie3x16")!, new VirtualClock(), new MirrorOptions { Check = MirrorCheck.None });
        _device = new GpuDevice(
            new GpuDeviceOptions { VramBytes = 4ul << 20, ApertureBytes = 4ul << 20, SystemBytes = 16ul << 20, Backing = BackingKind.None },
            _driver);
        _driver.Attach(_device);
        OperationContext context = default;
        _device.TryCreate(new BufferObjectDescription(4096), Placement.Vram, ref context, out BufferObject? made);
        _target = made!;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public MmStatus MoveThereAndBack()
    {
        MmStatus status = MmStatus.Ok;
        for (int i = 0; i < Operations; i++)
        {
            OperationContext context = default;
            _target.Reserve();
            status |= _target.Validate((i & 1) == 0 ? Placement.Gtt : Placement.Vram, ref context);
            _target.Unreserve();
            _driver.Clock.Advance(1_000_000);
        }

        return status;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _device?.Dispose();
        _driver?.Dispose();
        GC.SuppressFinalize(this);
    }
}
