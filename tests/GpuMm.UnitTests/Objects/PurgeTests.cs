using GpuMm.Objects;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>What is not needed is dropped when pages are wanted, and counted for what it had; what is pinned stays.</summary>
public sealed class PurgeTests
{
    [Fact]
    public void WhatIsNotNeededIsDroppedForItsPagesOnly()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 16 * 4096, Swap = store }, new InlineDriver());
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4 * 4096), Placement.System, ref context, out BufferObject? target));
        target!.Reserve();
        target.Advise(MemoryAdvice.DontNeed);
        target.Unreserve();
        Assert.Equal(0ul, device.SwapOut(4, ref context));
        Assert.False(target.IsPurged); // It has no pages, so nothing would be won.
        Assert.NotNull(target.Resource);

        // Of one that is partly in the store already only the rest is freed now.
        target.Reserve();
        Assert.Equal(MmStatus.Ok, device.TryPopulate(target));
        device.Faults = FaultPlan.Nth(2, FaultPoint.SwapWrite);
        Assert.Equal(MmStatus.NoSpace, device.SwapOutObject(target, ref context));
        Assert.Equal(3ul, target.Pages!.ResidentPages);
        target.Unreserve();
        Assert.Equal(3ul, device.SwapOut(1, ref context));
        Assert.True(target.IsPurged);
        Assert.Equal(0, store.PageCount);
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.Empty(device.Validate());
    }

    [Theory]
    [InlineData(MemoryDomain.System)]
    [InlineData(MemoryDomain.Gtt)]
    public void WhatIsPinnedIsNotSwapped(MemoryDomain domain)
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 16 * 4096, Swap = store }, new InlineDriver());
        OperationContext context = default;
        Placement there = new(new Place(domain));
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4096), there, ref context, out BufferObject? target));
        target!.Reserve();
        Assert.Equal(MmStatus.Ok, device.TryPopulate(target));
        target.Pin();
        Assert.Equal(MmStatus.Busy, device.SwapOutObject(target, ref context));
        Assert.Equal(domain, target.Resource!.Domain);
        target.Unpin();
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(target, ref context));
        target.Unreserve();
        Assert.Empty(device.Validate());
    }
}
