using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Benchmarks.Paging;

/// <summary>One device with objects in video memory, each mapped into one address space that all share.</summary>
internal sealed class PagingRig : IDisposable
{
    public const int PagesPerFault = 16;

    private readonly GpuDevice _device;
    private readonly BufferObject[] _objects;
    private readonly VmArea[] _areas;

    public PagingRig(int objectCount, ulong objectBytes)
    {
        ObjectBytes = objectBytes;
        _device = new GpuDevice(
            new GpuDeviceOptions { VramBytes = (ulong)objectCount * objectBytes, Backing = BackingKind.Bytes }, new InlineDriver());
        Space = _device.CreateAddressSpace();
        _objects = new BufferObject[objectCount];
        _areas = new VmArea[objectCount];
        for (int i = 0; i < objectCount; i++)
        {
            OperationContext context = default;
            _device.TryCreate(new BufferObjectDescription(objectBytes), Placement.Vram, ref context, out BufferObject? made);
            _objects[i] = made ?? throw new InvalidOperationException("An empty device has room for what it was made for.");
            _areas[i] = made.Map(Space);
        }
    }

    public AddressSpace Space { get; }

    public ulong ObjectBytes { get; }

    public int FaultsPerObject => (int)(ObjectBytes / (PagesPerFault * 4096));

    public ulong AddressOf(int index) => _areas[index].StartAddress;

    /// <summary>Touches one byte of every 16 pages, so that each touch faults once after a zap.</summary>
    public void FaultAll(int index, Span<byte> one)
    {
        ulong end = _areas[index].EndAddress;
        for (ulong address = _areas[index].StartAddress; address < end; address += PagesPerFault * 4096)
        {
            Space.Read(address, one);
        }
    }

    /// <summary>Revokes every entry of an object, as a move does; answers how many.</summary>
    public int Zap(int index)
    {
        BufferObject target = _objects[index];
        target.Reservation.Lock();
        int zapped = _device.Mapping.Unmap(target.Window);
        target.Reservation.Unlock();
        return zapped;
    }

    public void Dispose() => _device.Dispose();
}
