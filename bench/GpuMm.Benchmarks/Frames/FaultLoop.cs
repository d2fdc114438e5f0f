using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Benchmarks.Frames;

/// <summary>One mapped object of 2 MiB that faults, 16 entries at a time, until it is all there; then it is zapped.</summary>
internal sealed class FaultLoop : IDisposable
{
    private const ulong PageCount = 512;
    private const ulong StepBytes = 16 * 4096;

    private readonly byte[] _byte = new byte[1];
    private readonly GpuDevice _device;
    private readonly AddressSpace _space;
    private readonly BufferObject _target;
    private readonly VmArea _area;

    public FaultLoop()
    {
        _device = new GpuDevice(
            new GpuDeviceOptions { VramBytes = 64ul << 20, Backing = BackingKind.PageHeads }, new InlineDriver());
        _space = _device.CreateAddressSpace();
        OperationContext context = default;
        _device.TryCreate(new BufferObjectDescription(PageCount * 4096), Placement.Vram, ref context, out BufferObject? made);
        _target = made!;
        _area = _target.Map(_space);
    }

    public void Dispose() => _device.Dispose();

    public void Run(int faults)
    {
        for (ulong offset = 0; faults > 0; faults--)
        {
            _space.Read(_area.StartAddress + offset, _byte);
            offset += StepBytes;
            if (offset == PageCount * 4096)
            {
                offset = 0;
                _target.Reserve();
                _device.Mapping.Unmap(_target.Window);
                _target.Reservation.Unlock();
            }
        }

        _target.Reserve();
        _device.Mapping.Unmap(_target.Window);
        _target.Reservation.Unlock();
    }
}
