using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Rules of placing and of making room that are stated in one sentence each, and their limits.</summary>
public sealed class PlacingRuleTests
{
    [Theory]
    [InlineData(false, MmStatus.OutOfMemory)]
    [InlineData(true, MmStatus.NoSpace)]
    public void ADeviceMayAskForTheRawAnswerWhenNothingIsFree(bool propagates, MmStatus expected)
    {
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 2 * 4096, PropagateNoSpace = propagates }, new InlineDriver());
        OperationContext context = default;
        Assert.Equal(expected, device.TryCreate(new BufferObjectDescription(3 * 4096), Placement.Vram, ref context, out _));
    }

    [Fact]
    public void PlacementsAreTheSameWhenTheirWishesAre()
    {
        Placement one = new(new Place(MemoryDomain.Vram, EndPage: 8), new Place(MemoryDomain.Gtt));
        Assert.True(one.IsSameAs(one));
        Assert.True(one.IsSameAs(new Placement(new Place(MemoryDomain.Vram, EndPage: 8), new Place(MemoryDomain.Gtt))));
        Assert.False(one.IsSameAs(new Placement(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt)))); // Another window
        Assert.False(one.IsSameAs(new Placement(new Place(MemoryDomain.Gtt), new Place(MemoryDomain.Vram, EndPage: 8))));
        Assert.False(one.IsSameAs(Placement.Empty));
    }

    [Fact]
    public void ADeviceHasEightDomainsAtMost()
    {
        using TestDevice test = new();
        test.Device.SetManager(new SpaceResourceManager((MemoryDomain)(GpuDevice.MaxDomains - 1), new RangeSpace(4096), usesPages: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Device.SetManager(
            new SpaceResourceManager((MemoryDomain)GpuDevice.MaxDomains, new RangeSpace(4096), usesPages: true)));
        OperationContext context = default;
        Placement nowhere = new(new Place((MemoryDomain)GpuDevice.MaxDomains));
        Assert.Equal(MmStatus.OutOfMemory, test.Device.TryCreate(new BufferObjectDescription(4096), nowhere, ref context, out _));
    }

    [Fact]
    public void WhatLiesInPiecesIsNotInPlaceWhereOneRangeIsAsked()
    {
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 16 * 4096, VramAllocator = SpaceAllocatorKind.Buddy }, new InlineDriver());
        BufferObject[] all = [.. Enumerable.Range(0, 8).Select(_ => Create(device, 2, Placement.Vram))];
        foreach (BufferObject gone in all.Where(static target => target.Resource!.StartBytes / 8192 % 2 == 0).ToArray())
        {
            gone.Release();
        }

        BufferObject split = Create(device, 4, Placement.Vram);
        Assert.Equal(2, split.Resource!.RangeCount);
        OperationContext context = default;
        split.Reserve();
        Assert.Equal(MmStatus.Ok, split.Validate(Placement.Vram, ref context));
        Assert.Equal(0ul, context.BytesMoved);
        Assert.Equal(MmStatus.Ok, split.Validate(new Placement(new Place(MemoryDomain.Vram, PlaceFlags.Contiguous)), ref context));
        Assert.Equal(1, split.Resource!.RangeCount);
        Assert.NotEqual(0ul, context.BytesMoved);
        split.Unreserve();
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void AStopOnTheWayIsNeverAPlaceToStay()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(1, new Placement(new Place(MemoryDomain.Gtt, PlaceFlags.Temporary)));
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Gtt, out ulong moved));
        Assert.Equal(4096ul, moved);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Gtt, out moved));
        Assert.Equal(0ul, moved);
    }

    [Fact]
    public void TopDownTakesTheHighestAddress()
    {
        using TestDevice test = new(vramPages: 8);
        BufferObject high = test.Create(2, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.TopDown)));
        Assert.Equal(6 * 4096ul, high.Resource!.StartBytes);
    }

    [Fact]
    public void WithoutATicketACandidateThatIsHeldForAMomentMeansOutOfMemory()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject held = test.Create(2, Placement.Vram, "held");
        held.Reserve();
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, test.Device.TryCreate(new BufferObjectDescription(4096), Placement.Vram, ref context, out _));
        Assert.True(context.IsContended);
        held.Unreserve();
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(new BufferObjectDescription(4096), Placement.Vram, ref context, out _));
    }

    [Fact]
    public void WithATicketTheHolderIsWaitedFor()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject held = test.Create(2, Placement.Vram, "held");
        BufferObject wanting = test.Create(2, Placement.Gtt, "wanting");
        held.Reserve();
        MmStatus status = MmStatus.Busy;
        Thread placing = new(() =>
        {
            AcquireContext set = new();
            OperationContext context = default;
            set.LockAll([wanting.Reservation]);
            status = wanting.Validate(Placement.Vram, ref context);
            set.UnlockAll();
        });
        placing.Start();
        SpinWait.SpinUntil(() => (placing.ThreadState & ThreadState.WaitSleepJoin) != 0); // It sleeps on the lock that we hold.
        held.Unreserve();
        placing.Join();
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(wanting));
        test.AssertValid();
    }

    [Fact]
    public void BackingOffFromAnOlderTicketIsOnlyNoRoom()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject held = test.Create(2, Placement.Vram, "held");
        BufferObject wanting = test.Create(2, Placement.Gtt, "wanting");
        AcquireContext older = new();
        AcquireContext younger = new();
        older.LockAll([held.Reservation]);
        MmStatus status = MmStatus.Busy;
        Thread placing = new(() =>
        {
            OperationContext context = default;
            younger.LockAll([wanting.Reservation]);
            status = wanting.Validate(Placement.Vram, ref context);
            younger.UnlockAll();
        });
        placing.Start();
        placing.Join();
        older.UnlockAll();
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(wanting));
    }

    [Fact]
    public void TheDriverMaySayThatEvictingAnObjectDoesNotHelp()
    {
        using TestDevice test = new(vramPages: 4, driver: new SparingDriver("spared"));
        EvictionJournal journal = new();
        test.Device.AddObserver(journal);
        BufferObject spared = test.Create(2, Placement.Vram, "spared");
        BufferObject other = test.Create(2, Placement.Vram, "other");
        test.Create(2, Placement.Vram, "new");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(spared));
        Assert.NotEqual(MemoryDomain.Vram, test.DomainOf(other));
        Assert.Equal(SkipReason.NotValuable, Assert.Single(journal.Evictions[^1].Passed).Reason);
    }

    [Fact]
    public void WaitsHaveTheLimitsOfTheOptions()
    {
        LimitDriver driver = new();
        using MemorySwapStore store = new(8);
        using GpuDevice device = new(new GpuDeviceOptions { Swap = store, MoveWaitLimitNs = 7, ReleaseWaitLimitNs = 9, VramBytes = 4096 }, driver);
        FenceContext jobs = new("jobs");
        BufferObject busy = Create(device, 1, Placement.System);
        busy.Reserve();
        Assert.Equal(MmStatus.Ok, device.TryPopulate(busy));
        busy.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        OperationContext context = default;
        Assert.Equal(MmStatus.Busy, device.SwapOutObject(busy, ref context));
        Assert.False(busy.IsSwapped);
        busy.Unreserve();
        Assert.Equal([7ul], driver.Limits);

        BufferObject deleted = Create(device, 1, Placement.Vram);
        deleted.Reserve();
        deleted.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        deleted.Unreserve();
        deleted.Release();
        Assert.Equal(MmStatus.OutOfMemory, device.TryCreate(new BufferObjectDescription(4096), Placement.Vram, ref context, out _));
        Assert.Equal(9ul, driver.Limits[^1]);
        jobs.SignalTo(2);
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4096), Placement.Vram, ref context, out _));
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void MoreBumpsThanAreNotedKeepTheirOrder()
    {
        const int Count = 200; // A thread's notes hold 64.
        using TestDevice test = new(vramPages: Count);
        BufferObject[] all = [.. Enumerable.Range(0, Count).Select(_ => test.Create(1, Placement.Vram))];
        foreach (BufferObject target in all.Reverse())
        {
            target.Reserve();
            target.Unreserve();
        }

        test.Create(Count / 2, Placement.Vram, "large");
        Assert.Equal(all.Take(Count / 2), all.Where(target => test.DomainOf(target) == MemoryDomain.Vram));
        test.AssertValid();
    }

    [Fact]
    public void AJournalKeeps32OfThosePassedOverAndCountsTheRest()
    {
        using TestDevice test = new(vramPages: 40);
        EvictionJournal journal = new();
        test.Device.AddObserver(journal);
        List<BufferObject> held = [.. Enumerable.Range(0, 39).Select(_ => test.Create(1, Placement.Vram))];
        held.ForEach(static target => target.Reserve());
        test.Create(1, Placement.Vram, "victim");
        test.Create(1, Placement.Vram, "new");
        held.ForEach(static target => target.Reservation.Unlock());
        EvictionRecord record = Assert.Single(journal.Evictions);
        Assert.Equal((EvictionJournal.MaxPassed, 39 - EvictionJournal.MaxPassed, 39), (record.Passed.Count, record.PassedUntold, record.Rank));
        Assert.Contains("and 7 more before it; ", record.ToString(), StringComparison.Ordinal);
    }

    private static BufferObject Create(GpuDevice device, ulong pages, Placement placement)
    {
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(pages * 4096), placement, ref context, out BufferObject? made));
        return made!;
    }

    private sealed class SparingDriver(string name) : InlineDriver
    {
        public override bool IsEvictionValuable(BufferObject victim, in Place place) => victim.Name != name;
    }

    private sealed class LimitDriver : InlineDriver
    {
        public List<ulong> Limits { get; } = [];

        public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
        {
            Limits.Add(limitNs);
            return fence.IsSignaled ? MmStatus.Ok : MmStatus.Busy;
        }
    }
}
