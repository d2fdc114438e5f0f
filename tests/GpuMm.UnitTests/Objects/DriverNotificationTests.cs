using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>A driver hears of an object's end, of memory that is dropped and of pages that go to the store, in time to act.</summary>
public sealed class DriverNotificationTests
{
    [Fact]
    public void TheDriverHearsOfSwapDropAndReleaseBeforeTheyHappen()
    {
        using MemorySwapStore store = new();
        ListeningDriver driver = new();
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20, Swap = store }, driver);
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(2 * 4096, "a"), Placement.Gtt, ref context, out BufferObject? target);
        Assert.Equal(2ul, device.SwapOut(1, ref context));
        target!.Reserve();
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Vram, ref context));
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Empty, ref context));
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Vram, ref context));
        target.Unreserve();
        target.Release();
        Assert.Equal(["swap a 2", "drop a Vram", "release a", "drop a Vram"], driver.Heard);
    }

    [Fact]
    public void WhatABusyObjectGaveUpIsDroppedWithItsGhost()
    {
        ListeningDriver driver = new();
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20 }, driver);
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(4096, "a"), Placement.Vram, ref context, out BufferObject? target);
        FenceContext jobs = new("job");
        target!.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Empty, ref context));
        target.Unreserve();
        Assert.Empty(driver.Heard);
        jobs.SignalTo(1);
        device.Reap();
        Assert.Equal(["drop a Vram"], driver.Heard);
    }

    private sealed class ListeningDriver : InlineDriver
    {
        public List<string> Heard { get; } = [];

        public override void OnReleased(BufferObject gone) => Heard.Add($"release {gone.Name}");

        public override void OnMemoryDropped(BufferObject target)
        {
            Assert.True(target.Reservation.IsLocked);
            Heard.Add(FormattableString.Invariant($"drop {target.Name} {target.Resource?.Domain}"));
        }

        public override void OnSwapOut(BufferObject target)
        {
            Assert.True(target.Reservation.IsLocked);
            Heard.Add(FormattableString.Invariant($"swap {target.Name} {target.Pages?.ResidentPages}"));
        }
    }
}
