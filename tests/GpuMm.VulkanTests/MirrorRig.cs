using System;
using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Simulation;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>A small machine whose moves are mirrored, and shorthand for what tests do to it.</summary>
internal sealed class MirrorRig : IDisposable
{
    private readonly VulkanDevice _vulkan;

    public MirrorRig(ulong vramPages = 64, ulong aperturePages = 64, ulong systemPages = 1024, MirrorOptions? options = null, BackingKind backing = BackingKind.Bytes)
    {
        _vulkan = TestVulkan.Open();
        Driver = new MirrorDriver(MachineProfile.Find("pcie3x16")!, Clock, options ?? new MirrorOptions { BlockBytes = 1 << 20 }, _vulkan);
        Device = new GpuDevice(
            new GpuDeviceOptions
            {
                VramBytes = vramPages * 4096,
                ApertureBytes = aperturePages * 4096,
                SystemBytes = systemPages * 4096,
                Backing = backing,
            },
            Driver);
        Driver.Attach(Device);
        Space = Device.CreateAddressSpace();
    }

    public VirtualClock Clock { get; } = new();

    public MirrorDriver Driver { get; }

    public GpuDevice Device { get; }

    public AddressSpace Space { get; }

    public VulkanDevice Vulkan => _vulkan;

    public Dictionary<BufferObject, VmArea> Areas { get; } = [];

    public BufferObject Create(ulong pages, Placement placement, string name = "texture", BufferObjectKind kind = BufferObjectKind.Device)
    {
        OperationContext context = default;
        MmStatus status = Device.TryCreate(new BufferObjectDescription(pages * 4096, name, kind), placement, ref context, out BufferObject? made);
        Assert.Equal(MmStatus.Ok, status);
        return made!;
    }

    public VmArea AreaOf(BufferObject target)
    {
        if (!Areas.TryGetValue(target, out VmArea? area))
        {
            area = target.Map(Space);
            Areas.Add(target, area);
        }

        return area;
    }

    public MmStatus Write(BufferObject target, ulong offsetBytes, ReadOnlySpan<byte> bytes) =>
        Space.Write(AreaOf(target).StartAddress + offsetBytes, bytes);

    public void FillRandom(BufferObject target, int seed)
    {
        byte[] bytes = new byte[target.SizeBytes];
        new Random(seed).NextBytes(bytes);
        Assert.Equal(MmStatus.Ok, Write(target, 0, bytes));
    }

    public MmStatus Place(BufferObject target, Placement placement)
    {
        OperationContext context = default;
        target.Reserve();
        MmStatus status = target.Validate(placement, ref context);
        target.Unreserve();
        return status;
    }

    public void Release(BufferObject target)
    {
        if (Areas.Remove(target, out VmArea? area))
        {
            Space.Unmap(area);
        }

        target.Release();
    }

    /// <summary>Domains agree, the device's bytes are the CPU's (by shader and by reading back), every invariant holds.</summary>
    public void AssertAgrees()
    {
        Assert.Empty(Device.Validate());
        Assert.Null(Driver.Failure);
        Assert.Null(Driver.CheckAll());
        Assert.Null(Driver.Difference());
        foreach (MirrorObject mirrored in Driver.Mirror!.Objects)
        {
            if (mirrored.Target is not { } target || !mirrored.Store.Exists)
            {
                continue;
            }

            byte[] device = new byte[target.SizeBytes];
            byte[] cpu = new byte[target.SizeBytes];
            Driver.Mirror.ReadBack(mirrored, device);
            target.Reservation.Lock();
            DeviceMirror.ReadCpu(target, 0, cpu);
            target.Reservation.Unlock();
            Assert.True(device.AsSpan().SequenceEqual(cpu), $"The bytes of '{mirrored.Name}' differ on the device.");
        }

        TestVulkan.AssertSilent();
    }

    public void Dispose()
    {
        Device.Dispose();
        Driver.Dispose();
        _vulkan.Dispose(); // The driver did already; once more does nothing.
        TestVulkan.AssertClean(_vulkan);
    }
}
