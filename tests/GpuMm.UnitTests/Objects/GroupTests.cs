using System;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Limits of groups, as the dmem cgroup has them: min, low, max, current, peak, in a tree.</summary>
public sealed class GroupTests
{
    private const ulong Page = 4096;

    [Fact]
    public void UsageCountsForTheWholeLineOfAncestors()
    {
        using TestDevice test = new();
        MemoryGroup outer = test.Device.RootGroup.CreateChild("outer");
        MemoryGroup inner = outer.CreateChild("inner");
        BufferObject target = Create(test, 4, inner, Placement.Vram);
        Assert.Equal(4 * Page, inner.UsageOf(MemoryDomain.Vram).CurrentBytes);
        Assert.Equal(4 * Page, outer.UsageOf(MemoryDomain.Vram).CurrentBytes);
        test.Place(target, Placement.Gtt);
        Assert.Equal(new MemoryUsage(0, 4 * Page, 0, 0), outer.UsageOf(MemoryDomain.Vram));
        Assert.Equal(4 * Page, outer.UsageOf(MemoryDomain.Gtt).CurrentBytes);
        outer.ResetPeak(MemoryDomain.Vram);
        Assert.Equal(0ul, outer.UsageOf(MemoryDomain.Vram).PeakBytes);
        test.AssertValid();
        target.Release();
        Assert.False(outer.TryRemove());
        Assert.True(inner.TryRemove());
        Assert.True(outer.TryRemove());
        Assert.False(test.Device.RootGroup.TryRemove());
        test.AssertValid();
    }

    [Fact]
    public void WhoReachesItsMaximumMakesRoomAmongItsOwn()
    {
        using TestDevice test = new(vramPages: 64);
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        MemoryGroup group = test.Device.RootGroup.CreateChild("game");
        Assert.Equal(MmStatus.Ok, group.SetLimits(MemoryDomain.Vram, new MemoryLimits(MaxBytes: 8 * Page)));
        BufferObject stranger = test.Create(4, Placement.Vram, "stranger"); // Older than anything of the group.
        BufferObject first = Create(test, 4, group, Placement.Vram);
        BufferObject second = Create(test, 4, group, Placement.Vram);
        BufferObject third = Create(test, 4, group, Placement.Vram);
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(stranger));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(first));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(second));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(third));
        DeviceEvent skipped = ledger.Events.Single(static e => e.Kind == DeviceEventKind.EvictionSkipped);
        Assert.Equal((stranger.Id, SkipReason.OtherGroup), (skipped.ObjectId, skipped.Reason));
        Assert.Contains(ledger.Events, static e => e is { Kind: DeviceEventKind.LimitChanged, Count: 2, SizeBytes: 8 * Page, Name: "game" });

        // Nothing larger than the maximum ever gets in, and it costs nobody his place.
        BufferObject large = Create(test, 9, group, Placement.Gtt);
        Assert.Equal(MmStatus.OutOfMemory, test.Place(large, Placement.Vram));
        test.AssertValid();
        Assert.Empty(ledger.Compare(test.Device));
    }

    [Fact]
    public void AMaximumBelowWhatIsUsedIsRefused()
    {
        using TestDevice test = new();
        MemoryGroup group = test.Device.RootGroup.CreateChild("g");
        Create(test, 4, group, Placement.Vram);
        Assert.Equal(MmStatus.Busy, group.SetLimits(MemoryDomain.Vram, new MemoryLimits(MaxBytes: 3 * Page)));
        Assert.Equal(ulong.MaxValue, group.LimitsOf(MemoryDomain.Vram).MaxBytes);
        Assert.Equal(MmStatus.InvalidArgument, test.Device.RootGroup.SetLimits(MemoryDomain.Vram, new MemoryLimits(MaxBytes: 1)));
    }

    [Fact]
    public void WhatLiesBelowTheMinimumIsNeverEvictedForOthers()
    {
        using TestDevice test = new(vramPages: 8);
        MemoryGroup safe = test.Device.RootGroup.CreateChild("safe");
        safe.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 4 * Page));
        BufferObject kept = Create(test, 4, safe, Placement.Vram);
        BufferObject other = test.Create(4, Placement.Vram, "other");
        BufferObject asks = test.Create(4, Placement.Vram, "asks");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(kept));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(other));
        Assert.Equal(MmStatus.OutOfMemory, test.Place(test.Create(8, Placement.Gtt), Placement.Vram));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(kept));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(asks)); // It gave way, in vain.
        test.AssertValid();
    }

    [Fact]
    public void AboveTheLowMarkGoesFirstAndBelowItOnlyWhenNothingElseHelps()
    {
        using TestDevice test = new(vramPages: 12);
        MemoryGroup modest = test.Device.RootGroup.CreateChild("modest");
        MemoryGroup greedy = test.Device.RootGroup.CreateChild("greedy");
        modest.SetLimits(MemoryDomain.Vram, new MemoryLimits(LowBytes: 4 * Page));
        greedy.SetLimits(MemoryDomain.Vram, new MemoryLimits(LowBytes: 4 * Page));
        BufferObject m = Create(test, 4, modest, Placement.Vram); // The oldest.
        BufferObject g1 = Create(test, 4, greedy, Placement.Vram);
        BufferObject g2 = Create(test, 4, greedy, Placement.Vram);
        BufferObject asks = test.Create(4, Placement.Vram, "asks");
        Assert.Equal((MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.Vram), (test.DomainOf(m), test.DomainOf(g1), test.DomainOf(g2)));

        // Now both are at their low marks: the unprotected goes first, and then the marks are ignored.
        BufferObject more = test.Create(8, Placement.Vram, "more");
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(asks));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(m));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(g2));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(more));
        test.AssertValid();
    }

    [Fact]
    public void ChildrenShareWhatTheirParentProtects()
    {
        using TestDevice test = new(vramPages: 64);
        MemoryGroup parent = test.Device.RootGroup.CreateChild("parent");
        MemoryGroup a = parent.CreateChild("a");
        MemoryGroup b = parent.CreateChild("b");
        parent.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 8 * Page, LowBytes: 16 * Page));
        a.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 12 * Page, LowBytes: 4 * Page));
        b.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 4 * Page));
        Create(test, 12, a, Placement.Vram);
        Create(test, 8, b, Placement.Vram);

        // 12 + 4 pages are claimed of 8: each gets half. Of the low mark 4 are claimed of 16: the 12 left over are dealt out by use.
        Assert.Equal(6 * Page, a.UsageOf(MemoryDomain.Vram).EffectiveMinBytes);
        Assert.Equal(2 * Page, b.UsageOf(MemoryDomain.Vram).EffectiveMinBytes);
        Assert.Equal(10 * Page, a.UsageOf(MemoryDomain.Vram).EffectiveLowBytes);
        Assert.Equal(6 * Page, b.UsageOf(MemoryDomain.Vram).EffectiveLowBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APromiseIsKeptBeforeLessWantedPlacesAreTried(bool isPromiseFirst)
    {
        GpuDeviceOptions options = new() { VramBytes = 8 * Page, SystemBytes = 1 << 20, ProtectedGroupsEvictFirst = isPromiseFirst };
        using GpuDevice device = new(options, new InlineDriver());
        MemoryGroup game = device.RootGroup.CreateChild("game");
        game.SetLimits(MemoryDomain.Vram, new MemoryLimits(LowBytes: 8 * Page));
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(8 * Page, "desktop"), Placement.Vram, ref context, out BufferObject? desktop);
        Placement either = new(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt));
        device.TryCreate(new BufferObjectDescription(8 * Page, "game", Group: game), either, ref context, out BufferObject? frame);
        Assert.Equal(isPromiseFirst ? MemoryDomain.Vram : MemoryDomain.Gtt, frame!.Resource!.Domain);
        Assert.Equal(isPromiseFirst ? MemoryDomain.Gtt : MemoryDomain.Vram, desktop!.Resource!.Domain);
        Assert.Empty(device.Validate());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SiblingsAreProtectedFromEachOtherByTheirOwnMarksWhereThoseCount(bool countFromCommonGroup)
    {
        GpuDeviceOptions options = new() { VramBytes = 8 * Page, SystemBytes = 1 << 20, ProtectedGroupsEvictFirst = countFromCommonGroup };
        using GpuDevice device = new(options, new InlineDriver());
        MemoryGroup parent = device.RootGroup.CreateChild("parent"); // Promised nothing by the root
        MemoryGroup kept = parent.CreateChild("kept");
        MemoryGroup rival = parent.CreateChild("rival");
        MemoryGroup stranger = device.RootGroup.CreateChild("stranger");
        kept.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 8 * Page));
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(8 * Page, "kept", Group: kept), Placement.Vram, ref context, out BufferObject? target);
        MmStatus status = device.TryCreate(new BufferObjectDescription(8 * Page, "rival", Group: rival), Placement.Vram, ref context, out BufferObject? other);
        Assert.Equal(countFromCommonGroup ? MmStatus.OutOfMemory : MmStatus.Ok, status);
        Assert.Equal(countFromCommonGroup ? MemoryDomain.Vram : MemoryDomain.Gtt, target!.Resource!.Domain);
        other?.Release();

        // From outside the parent's promise, which is none, is what counts in either case.
        target.Reserve();
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Vram, ref context));
        target.Unreserve();
        Assert.Equal(
            MmStatus.Ok, device.TryCreate(new BufferObjectDescription(8 * Page, "stranger", Group: stranger), Placement.Vram, ref context, out _));
        Assert.Equal(MemoryDomain.Gtt, target.Resource.Domain);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void AGroupStaysAsLongAsAnObjectWasMadeForItAlsoOneThatHoldsNothing()
    {
        using TestDevice test = new();
        MemoryGroup group = test.Device.RootGroup.CreateChild("first");
        BufferObject target = Create(test, 2, group, Placement.Vram);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Empty)); // Nothing is charged any more.
        Assert.False(group.TryRemove());
        Assert.Same(group, target.Group);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Vram));
        Assert.Equal(2 * Page, group.UsageOf(MemoryDomain.Vram).CurrentBytes);
        Assert.Throws<InvalidOperationException>(() => Create(test, 4096, group, Placement.Vram)); // It never came to be.
        target.Release();
        Assert.True(group.TryRemove());
        Assert.Throws<ArgumentException>(() => Create(test, 1, group, Placement.Vram));
        test.AssertValid();
    }

    [Fact]
    public void AGroupOfAnotherDeviceIsRefused()
    {
        using TestDevice test = new();
        using TestDevice other = new();
        MemoryGroup foreign = other.Device.RootGroup.CreateChild("foreign");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Create(test, 1, foreign, Placement.Vram));
        Assert.Contains("foreign", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChargingAllocatesNothing()
    {
        using TestDevice test = new(vramPages: 8, backing: BackingKind.None);
        MemoryGroup group = test.Device.RootGroup.CreateChild("g").CreateChild("h");
        BufferObject[] pair = [Create(test, 8, group, Placement.Vram), Create(test, 8, group, Placement.Vram)];
        ManagedBytes bytes = default;
        bool isDone = true;
        for (int i = 0; i < 200; i++)
        {
            bytes = i == 100 ? ManagedBytes.Count() : bytes;
            isDone &= test.Place(pair[i % 2], Placement.Vram) == MmStatus.Ok;
        }

        Assert.Equal(0, bytes.Allocated);
        Assert.True(isDone);
        test.AssertValid();
    }

    private static BufferObject Create(TestDevice test, ulong pages, MemoryGroup group, Placement placement)
    {
        OperationContext context = default;
        MmStatus status = test.Device.TryCreate(
            new BufferObjectDescription(pages * Page, group.Name, Group: group), placement, ref context, out BufferObject? made);
        return status == MmStatus.Ok ? made! : throw new InvalidOperationException($"{status}");
    }
}
