using System;
using GpuMm.Objects;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream device suite.</summary>
public sealed class DeviceSuite
{
    [Fact]
    public void DEV_01_init_basic()
    {
        using MockDevice test = new();
        Assert.Same(test.Driver, test.Device.Driver);
        ResourceManager system = test.Device.Manager(MemoryDomain.System);
        Assert.True(system.IsUsed);
        Assert.True(system.UsesPages);
        Assert.NotNull(test.Device.Mapping);
    }

    [Fact]
    public void DEV_02_init_multiple()
    {
        MockDevice[] devices = [new(), new(), new()];
        Assert.All(devices, static device => Assert.True(device.Device.Manager(MemoryDomain.System).IsUsed));
        Assert.NotSame(devices[0].Device.Mapping, devices[1].Device.Mapping);
        for (int i = 0; i < devices.Length; i++)
        {
            devices[i].Dispose();
            Assert.All(devices[(i + 1)..], static rest => rest.AssertValid());
        }
    }

    [Fact]
    public void DEV_03_fini_basic()
    {
        MockDevice test = new();
        ResourceManager system = test.Device.Manager(MemoryDomain.System);
        test.Dispose();
        Assert.False(system.IsUsed);
        Assert.Empty(system.OrderOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Device.Manager(MemoryDomain.System));
    }

    [Fact]
    public void DEV_04_init_no_vma_man()
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(
            static () => new MockDevice(options: new GpuDeviceOptions { MappablePages = 0 }));
        Assert.Equal("MappablePages", refused.ParamName);

        // And one whose file is used up has no object more that can be mapped; the kernel's own need none.
        using MockDevice test = new(options: new GpuDeviceOptions { MappablePages = 2 });
        OperationContext context = default;
        BufferObjectDescription description = new(8 * MockDevice.KiB);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.System, ref context, out _));
        Assert.Equal(MmStatus.NoSpace, test.Device.TryCreate(description, Placement.System, ref context, out _));
        Assert.Equal(
            MmStatus.Ok, test.Device.TryCreate(description with { Kind = BufferObjectKind.Kernel }, Placement.System, ref context, out _));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void DEV_05_init_pools(bool usesDmaAllocator, bool usesDma32)
    {
        GpuDeviceOptions options = new()
        {
            PagePoolBytes = 1ul << 20,
            PoolUsesDmaAllocator = usesDmaAllocator,
            PoolUsesDma32 = usesDma32,
        };
        using MockDevice test = new(options: options);
        PagePool pool = test.Device.SystemPages.Pool!;
        Assert.Equal(usesDmaAllocator, pool.UsesDmaAllocator);
        Assert.Equal(usesDma32, pool.UsesDma32);
        Assert.Equal(0ul, pool.PageCount);
    }
}
