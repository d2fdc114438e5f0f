using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>A device as the upstream suites set it up, and their shorthand.</summary>
internal sealed class MockDevice : IDisposable
{
    public const ulong KiB = 1024;
    public const ulong MiB = 1024 * KiB;
    public const ulong BoBytes = 8 * KiB;

    public MockDevice(MockDriver? driver = null, GpuDeviceOptions? options = null)
    {
        Driver = driver ?? new MockDriver();
        Device = new GpuDevice(
            (options ?? new GpuDeviceOptions()) with { VramBytes = MiB, ApertureBytes = 16 * MiB, Backing = BackingKind.PageHeads },
            Driver);
    }

    public GpuDevice Device { get; }

    public MockDriver Driver { get; }

    /// <summary>Registers a mock manager: a buddy allocator of pages, whose objects have tables.</summary>
    public SpaceResourceManager Mock(MemoryDomain domain, ulong sizeBytes = MiB)
    {
        SpaceResourceManager manager = new(domain, new BuddySpace(sizeBytes), usesPages: true);
        Device.SetManager(manager);
        return manager;
    }

    public BufferObject Create(
        ulong sizeBytes,
        Placement placement,
        BufferObjectKind kind = BufferObjectKind.Device,
        int priority = 0,
        Reservation? shared = null)
    {
        OperationContext context = default;
        BufferObjectDescription description = new(sizeBytes, "bo", kind, Priority: priority, SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, Device.TryCreate(description, placement, ref context, out BufferObject? made));
        return made!;
    }

    /// <summary>An object that was never validated.</summary>
    public BufferObject Bare(int priority = 0, BufferObjectKind kind = BufferObjectKind.Device, Reservation? shared = null) =>
        Create(BoBytes, Placement.Empty, kind, priority, shared);

    public MmStatus Validate(BufferObject target, Placement placement, out ulong bytesMoved, bool noWait = false)
    {
        OperationContext context = new() { NoWaitGpu = noWait };
        Assert.Equal(MmStatus.Ok, target.Reserve());
        MmStatus status = target.Validate(placement, ref context);
        target.Unreserve();
        bytesMoved = context.BytesMoved;
        return status;
    }

    /// <summary>Gives an object space in a domain, as a resource without a move.</summary>
    public GpuMm.Objects.Resource Allocate(BufferObject target, MemoryDomain domain, PlaceFlags flags = PlaceFlags.None)
    {
        Assert.Equal(MmStatus.Ok, target.Reserve());
        Assert.Equal(
            MmStatus.Ok, Device.Manager(domain).TryAllocate(target, new Place(domain, flags), noWaitGpu: false, out GpuMm.Objects.Resource? made));
        target.Resource = made;
        target.Reservation.Unlock();
        return made!;
    }

    public void AssertValid()
    {
        ValidationReport problems = Device.Validate();
        Assert.Empty(problems);
    }

    public void Dispose() => Device.Dispose();
}
