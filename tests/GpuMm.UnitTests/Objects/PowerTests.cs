using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Contents across suspend, resume and reset: saved, or declared lost, never silently wrong.</summary>
public sealed class PowerTests
{
    [Fact]
    public void ContentsSurviveASuspendPinnedOrNot()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20, Swap = store }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        VmArea loose = Filled(device, space, 1, pinned: false, out BufferObject free);
        VmArea fixedArea = Filled(device, space, 2, pinned: true, out BufferObject pinned);
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.Suspend(ref context));
        Assert.True(device.IsSuspended);
        Assert.Equal(MemoryDomain.Gtt, free.Resource!.Domain);
        Assert.Equal(1, ReadFirst(space, loose));
        byte[] one = new byte[1];
        Assert.Equal(MmStatus.BusError, space.Read(fixedArea.StartAddress, one)); // Without power there is nothing behind it.
        Assert.Equal(2, store.PageCount);
        Assert.Equal(0, device.Resume());
        Assert.Equal(2, ReadFirst(space, fixedArea));
        Assert.Equal(MemoryDomain.Vram, pinned.Resource!.Domain);
        Assert.Equal(0, store.PageCount);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void WithoutAStoreAPinnedObjectIsDeclaredLost()
    {
        using TestDevice test = new();
        VmArea area = Filled(test.Device, test.Space, 3, pinned: true, out BufferObject pinned);
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, test.Device.Suspend(ref context));
        Assert.Equal(1, test.Device.Resume());
        byte[] one = new byte[1];
        Assert.Equal(MmStatus.BusError, test.Space.Read(area.StartAddress, one));
        Assert.Equal(MmStatus.ContentsLost, test.Place(pinned, Placement.Vram));
        pinned.Reserve();
        pinned.AcknowledgeLoss();
        pinned.Unreserve();
        Assert.Equal(MmStatus.Ok, test.Place(pinned, Placement.Vram));
        Assert.Equal(0, ReadFirst(test.Space, area));
        test.AssertValid();
    }

    [Fact]
    public void ASuspendThatFindsNoRoomLeavesTheDeviceRunning()
    {
        using TestDevice test = new(vramPages: 8, aperturePages: 2, systemPages: 2);
        VmArea area = Filled(test.Device, test.Space, 4, pinned: false, out _, pages: 8);
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, test.Device.Suspend(ref context));
        Assert.False(test.Device.IsSuspended);
        Assert.Equal(4, ReadFirst(test.Space, area));
        test.Create(0x1, Placement.System);
        test.AssertValid();
    }

    [Fact]
    public void AResetThatLosesMemoryTellsEveryObjectInIt()
    {
        using TestDevice test = new();
        VmArea lost = Filled(test.Device, test.Space, 5, pinned: false, out BufferObject inVram);
        BufferObject inSystem = test.Create(1, Placement.Gtt);
        Assert.Equal(0, test.Device.Reset(losesMemory: false));
        Assert.Equal(5, ReadFirst(test.Space, lost));
        Assert.Equal(1, test.Device.Reset(losesMemory: true));
        Assert.True(inVram.IsLost);
        Assert.False(inSystem.IsLost);
        Assert.Equal(MmStatus.BusError, test.Space.Read(lost.StartAddress, new byte[1])); // Never shown as if it were there.
        Assert.Equal(MmStatus.ContentsLost, test.Place(inVram, Placement.Gtt));
        Assert.Equal(MmStatus.Ok, test.Place(inVram, Placement.Empty)); // Who drops the contents needs no telling.
        Assert.Equal(0, ReadFirst(test.Space, lost));
        test.AssertValid();
    }

    [Fact]
    public void WhatIsNotNeededIsDroppedInsteadOfMoved()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject cache = test.Create(4, Placement.Vram, "cache");
        cache.Reserve();
        Assert.True(cache.Advise(MemoryAdvice.DontNeed));
        cache.Unreserve();
        test.Create(4, Placement.Vram, "next");
        Assert.Null(test.DomainOf(cache));
        Assert.Equal(0, test.Device.Statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt));
        cache.Reserve();
        Assert.True(cache.IsPurged);
        Assert.False(cache.Advise(MemoryAdvice.WillNeed));
        Assert.True(cache.Advise(MemoryAdvice.WillNeed));
        cache.Unreserve();
        test.AssertValid();
    }

    private static VmArea Filled(
        GpuDevice device, AddressSpace space, byte value, bool pinned, out BufferObject made, ulong pages = 2)
    {
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(pages * 4096, "bo"), Placement.Vram, ref context, out BufferObject? created);
        made = created!;
        VmArea area = made.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [value]));
        if (pinned)
        {
            made.Reserve();
            made.Pin();
            made.Unreserve();
        }

        return area;
    }

    private static byte ReadFirst(AddressSpace space, VmArea area)
    {
        byte[] one = new byte[1];
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, one));
        return one[0];
    }
}
