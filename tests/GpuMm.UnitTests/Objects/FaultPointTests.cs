using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Each named point of failure answers as its description says.</summary>
public sealed class FaultPointTests
{
    [Fact]
    public void ACandidateThatCannotBeTriedCountsAsHeld()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject first = test.Create(2, Placement.Vram, "first");
        BufferObject target = test.Create(2, Placement.System, "target");
        target.Reserve();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Vram, ref context));
        Assert.True(context.IsContended);
        Assert.False(first.Reservation.IsLocked);
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Vram, ref context));
        target.Unreserve();

        // Neither is it swapped, nor evicted ahead; and a deleted one waits for the next time.
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        Assert.Equal(0ul, test.Device.EvictAhead(MemoryDomain.Vram, 4096, ref context));
        Assert.False(target.Reservation.IsLocked);
        target.Reserve();
        target.Release();
        target.Reservation.Unlock();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        Assert.Equal(0, test.Device.Reap());
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(1, test.Device.ObjectCount);
        test.AssertValid();
    }

    [Fact]
    public void ASwapLeavesAloneWhatCannotBeTried()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { Swap = store }, new InlineDriver());
        BufferObject first = Make(device, Placement.Gtt);
        BufferObject second = Make(device, Placement.Gtt);
        device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        OperationContext context = default;
        Assert.Equal(2ul, device.SwapOut(1, ref context));
        Assert.False(first.IsSwapped);
        Assert.True(second.IsSwapped);
        Assert.False(first.Reservation.IsLocked);
    }

    [Fact]
    public void AFaultThatCannotTryTheLockWaitsForItAndIsRepeated()
    {
        using TestDevice test = new();
        VmArea area = test.Create(2, Placement.Gtt).Map(test.Space);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.TryLock);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1]));
        Assert.Equal(1, test.Device.Statistics.FaultRetries);
    }

    [Fact]
    public void AWaitForAReservationMayEndByASignal()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.Gtt);
        target.Reserve();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.LockWait);
        Assert.Equal(MmStatus.Interrupted, target.Reservation.Lock(ticket: null, new WaitInterrupt()));
        target.Unreserve();
        Assert.Equal(MmStatus.Ok, target.Reserve(interrupt: new WaitInterrupt()));
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.Lock);
        Assert.Equal(MmStatus.Busy, target.Reserve(noWait: true)); // Who does not wait is not interrupted.
        target.Unreserve();
    }

    [Fact]
    public void WithoutRoomForWhatItWouldInheritNothingIsTaken()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.System);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.InheritFences);
        Assert.Equal(MmStatus.OutOfMemory, test.Place(target, Placement.VramThenGtt));
        Assert.Equal(MemoryDomain.System, test.DomainOf(target));
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
    }

    [Fact]
    public void WithoutASlotTheCopyOutOfADomainIsWaitedFor()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject target = test.Create(2, Placement.Vram);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.EvictionSlot);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Gtt));
        Assert.Contains("wait copy:1", driver.Log);
        test.AssertValid();
    }

    [Fact]
    public void WithoutAGhostNothingIsGivenUp()
    {
        using TestDevice test = new();
        FenceContext jobs = new("job");
        BufferObject target = test.Create(2, Placement.Vram);
        target.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.MakeGhost);
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Empty, ref context));
        Assert.Equal(MemoryDomain.Vram, target.Resource!.Domain);
        Assert.Equal(1, test.Device.ObjectCount);
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.Empty, ref context));
        Assert.Equal(2, test.Device.ObjectCount);
        target.Unreserve();
        jobs.SignalTo(1);
    }

    [Fact]
    public void WithoutACopyOfTheFencesTheWorkIsWaitedFor()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        FenceContext jobs = new("job");
        BufferObject target = test.Create(2, Placement.Vram);
        target.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        target.Unreserve();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.CopyFences);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Empty));
        Assert.Equal(["wait job:1"], driver.Log.FindAll(static line => line.StartsWith("wait", System.StringComparison.Ordinal)));
        Assert.Equal(1, test.Device.ObjectCount);

        // Likewise when an object that shares its reservation dies.
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4096, "shared", SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Gtt, ref context, out BufferObject? dying));
        shared.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        dying!.Release();
        shared.Unlock();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.CopyFences);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(2ul, jobs.SignaledSeqno);
        Assert.Equal(1, test.Device.ObjectCount);
    }

    [Fact]
    public void AGroupThatCannotBeChargedGetsTheNextPlace()
    {
        using TestDevice test = new();
        MemoryGroup group = test.Device.RootGroup.CreateChild("group");
        test.Device.Faults = FaultPlan.Scripted(static (point, call) => point == FaultPoint.Charge && call <= 2); // Both passes
        OperationContext context = default;
        Placement places = new(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt, PlaceFlags.Fallback));
        Assert.Equal(
            MmStatus.Ok, test.Device.TryCreate(new BufferObjectDescription(4096, Group: group), places, ref context, out BufferObject? made));
        Assert.Equal(MemoryDomain.Gtt, made!.Resource!.Domain);
        Assert.Equal(0ul, group.UsageOf(MemoryDomain.Vram).CurrentBytes);
        test.AssertValid();
    }

    [Fact]
    public void WithoutAPartOfTheWindowATouchIsABusError()
    {
        using GpuDevice device = new(new GpuDeviceOptions { IoWindowBytes = 16 * 4096 }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        VmArea area = Make(device, Placement.Vram).Map(space);
        device.Faults = FaultPlan.Nth(1, FaultPoint.EnterWindow);
        Assert.Equal(MmStatus.BusError, space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(0ul, device.IoWindowUsedBytes);
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, new byte[1]));
    }

    [Fact]
    public void AnEntryThatCannotBeInsertedIsFaultedForAgain()
    {
        using TestDevice test = new();
        VmArea area = test.Create(2, Placement.Gtt).Map(test.Space);
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.InsertEntry);
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(2, test.Device.Statistics.Faults);
    }

    [Fact]
    public void WithoutAPageOfZerosADeviceThatWentIsOutOfMemory()
    {
        using TestDevice test = new();
        VmArea area = test.Create(2, Placement.Gtt).Map(test.Space);
        test.Device.Unplug();
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.DummyPage);
        Assert.Equal(MmStatus.OutOfMemory, test.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, new byte[1]));
        test.AssertValid();
    }

    [Fact]
    public void WhatFailsOnTheWayToTheStoreAndBackGoesOnLater()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { Swap = store, ChecksContents = true }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject target = Make(device, Placement.Gtt);
        VmArea area = target.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [5]));
        OperationContext context = default;
        target.Reserve();
        device.Faults = FaultPlan.Nth(2, FaultPoint.PartPage);
        Assert.Equal(MmStatus.NoSpace, device.SwapOutObject(target, ref context));
        Assert.Equal(1ul, target.Pages!.ResidentPages);
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(target, ref context));
        target.Unreserve();
        device.Faults = FaultPlan.Nth(1, FaultPoint.RestorePages);
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.BusError, space.Read(area.StartAddress, read));
        Assert.True(target.IsSwapped);
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
        Assert.Equal(5, read[0]);
        Assert.Empty(device.Validate());
    }

    private static BufferObject Make(GpuDevice device, Placement placement)
    {
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(2 * 4096), placement, ref context, out BufferObject? made));
        return made!;
    }
}
