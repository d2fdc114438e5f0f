using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.TestKit;

/// <summary>A small device with one address space, and shorthand for what tests do over and over.</summary>
public sealed class TestDevice : IDisposable
{
    public TestDevice(
        ulong vramPages = 64,
        ulong aperturePages = 64,
        ulong systemPages = 1024,
        ulong? visiblePages = null,
        GpuDriver? driver = null,
        BackingKind backing = BackingKind.Bytes,
        string policy = "lru")
    {
        Device = new GpuDevice(
            new GpuDeviceOptions
            {
                VramBytes = vramPages * 4096,
                ApertureBytes = aperturePages * 4096,
                SystemBytes = systemPages * 4096,
                VisibleVramBytes = visiblePages * 4096,
                Backing = backing,
                EvictionPolicy = policy,
            },
            driver ?? new InlineDriver());
        Space = Device.CreateAddressSpace();
    }

    public GpuDevice Device { get; }

    public AddressSpace Space { get; }

    public BufferObject Create(ulong pages, Placement placement, string name = "bo", int priority = 0)
    {
        OperationContext context = default;
        MmStatus status = Device.TryCreate(
            new BufferObjectDescription(pages * 4096, name, Priority: priority), placement, ref context, out BufferObject? made);
        return status == MmStatus.Ok ? made! : throw new InvalidOperationException($"Creating '{name}' answered {status}.");
    }

    public MmStatus Place(BufferObject target, Placement placement) => Place(target, placement, out _);

    public MmStatus Place(BufferObject target, Placement placement, out ulong bytesMoved)
    {
        OperationContext context = default;
        target.Reserve();
        MmStatus status = target.Validate(placement, ref context);
        target.Unreserve();
        bytesMoved = context.BytesMoved;
        return status;
    }

    public MemoryDomain? DomainOf(BufferObject target)
    {
        target.Reserve();
        MemoryDomain? domain = target.Resource?.Domain;
        target.Reservation.Unlock();
        return domain;
    }

    public void AssertValid()
    {
        ValidationReport problems = Device.Validate();
        if (problems.Count > 0)
        {
            throw new InvalidOperationException("Validate() found: " + string.Join(" | ", problems));
        }
    }

    public void Dispose() => Device.Dispose();
}
