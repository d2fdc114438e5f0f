using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream resource suite.</summary>
public sealed class ResourceSuite
{
    [Theory]
    [InlineData(MemoryDomain.System, PlaceFlags.None)]
    [InlineData(MemoryDomain.Vram, PlaceFlags.None)]
    [InlineData(MemoryDomain.Private4, PlaceFlags.None)]
    [InlineData(MemoryDomain.System, PlaceFlags.TopDown)]
    public void RES_01_init_basic(MemoryDomain domain, PlaceFlags flags)
    {
        using MockDevice test = new();
        if (domain != MemoryDomain.System)
        {
            test.Device.SetManager(new SpaceResourceManager(domain, new RangeSpace(MockDevice.MiB), usesPages: true));
        }

        ResourceManager manager = test.Device.Manager(domain);
        BufferObject target = test.Create(4 * MockDevice.KiB, Placement.Empty);
        GpuMm.Objects.Resource resource = test.Allocate(target, domain, flags);
        Assert.Equal(0ul, resource.StartBytes);
        Assert.Equal(4 * MockDevice.KiB, resource.SizeBytes);
        Assert.Equal(domain, resource.Domain);
        Assert.Equal(flags, resource.Flags);
        Assert.Same(target, resource.Owner);
        Assert.Equal(new BusMapping(0, false, Caching.Cached), resource.Bus);
        Assert.Equal(4 * MockDevice.KiB, manager.UsedBytes);
        Assert.Equal([resource], manager.OrderOf(0));
    }

    [Fact]
    public void RES_05_init_pinned()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(4 * MockDevice.KiB, Placement.System);
        ResourceManager manager = test.Device.Manager(MemoryDomain.System);
        target.Reserve();
        target.Pin();
        Assert.Equal([target.Resource!], manager.OrderOf(ResourceManager.PriorityCount));
        Assert.Empty(manager.OrderOf(0));
        target.Unpin();
        target.Reservation.Unlock();
        target.Release();
        Assert.Empty(manager.OrderOf(ResourceManager.PriorityCount));
        Assert.Empty(manager.OrderOf(0));
    }

    [Fact]
    public void RES_06_fini_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        GpuMm.Objects.Resource resource = test.Allocate(target, MemoryDomain.System);
        ResourceManager manager = resource.Manager;
        target.Resource = null;
        manager.Release(resource);
        Assert.Null(resource.List);
        Assert.Null(resource.Owner);
        Assert.Equal(0ul, manager.UsedBytes);
    }

    [Fact]
    public void RES_07_manager_init_basic()
    {
        SpaceResourceManager manager = new(MemoryDomain.Private2, new BuddySpace(16 * MockDevice.KiB), usesPages: true);
        Assert.Equal(16 * MockDevice.KiB, manager.SizeBytes);
        Assert.Equal(0ul, manager.UsedBytes);
        for (int priority = 0; priority <= ResourceManager.PriorityCount; priority++)
        {
            Assert.Empty(manager.OrderOf(priority));
        }
    }

    [Fact]
    public void RES_08_manager_usage_basic()
    {
        using MockDevice test = new();
        test.Create(4 * MockDevice.KiB, Placement.System);
        Assert.Equal(4 * MockDevice.KiB, test.Device.Manager(MemoryDomain.System).UsedBytes);
    }

    [Fact]
    public void RES_09_manager_set_used_basic()
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        manager.IsUsed = false;
        Assert.Equal(MmStatus.OutOfMemory, test.Validate(target, Placement.Vram, out _));
        manager.IsUsed = true;
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Vram, out _));
    }

    [Fact]
    public void RES_10_sys_man_alloc_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        GpuMm.Objects.Resource resource = test.Allocate(target, MemoryDomain.System);
        Assert.Equal(0ul, resource.StartBytes);
        Assert.Equal(target.SizeBytes, resource.SizeBytes);
        Assert.Equal(MemoryDomain.System, resource.Domain);
        Assert.Same(target, resource.Owner);
    }

    [Fact]
    public void RES_11_sys_man_free_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        target.Release();
        ResourceManager manager = test.Device.Manager(MemoryDomain.System);
        List<GpuMm.Objects.Resource> order = manager.OrderOf(0);
        Assert.Empty(order);
        Assert.Equal(0ul, manager.UsedBytes);
    }
}
