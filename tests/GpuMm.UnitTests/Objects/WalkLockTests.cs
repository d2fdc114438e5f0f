using System.Collections.Generic;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Which locks a walk for room waits for, and which it passes over.</summary>
public sealed class WalkLockTests
{
    [Fact]
    public void AWalkSleepsForOneLockAtMost()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject first = test.Create(2, Placement.Vram, "first");
        BufferObject second = test.Create(2, Placement.Vram, "second");
        BufferObject wanting = test.Create(4, Placement.Gtt, "wanting");
        SkipLog skipped = new(second);
        test.Device.AddObserver(skipped);
        AcquireContext older = new();
        AcquireContext younger = new();
        first.Reserve();
        older.LockAll([second.Reservation]);
        MmStatus status = MmStatus.Busy;
        Thread placing = new(() =>
        {
            OperationContext context = default;
            younger.LockAll([wanting.Reservation]);
            status = wanting.Validate(Placement.Vram, ref context);
            younger.UnlockAll();
        });
        placing.Start();
        SpinWait.SpinUntil(() => !placing.IsAlive || (placing.ThreadState & ThreadState.WaitSleepJoin) != 0);
        first.Unreserve();
        placing.Join();
        older.UnlockAll();
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(first));

        // Tried, then passed over by the walk that had slept for the first, then met by one of its own.
        Assert.Equal([MmStatus.Busy, MmStatus.Busy, MmStatus.Deadlock], skipped.Statuses);
    }

    [Fact]
    public void WhoMovedAwayWhileItWasWaitedForIsNotEvictedFromWhereItIsNow()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject held = test.Create(2, Placement.Vram, "held");
        BufferObject wanting = test.Create(2, Placement.System, "wanting");
        held.Reserve();
        MmStatus status = MmStatus.Ok;
        bool isContended = false;
        Thread placing = new(() =>
        {
            AcquireContext set = new();
            OperationContext context = default;
            set.LockAll([wanting.Reservation]);
            status = wanting.Validate(Placement.Vram, ref context);
            isContended = context.IsContended;
            set.UnlockAll();
        });
        placing.Start();
        SpinWait.SpinUntil(() => !placing.IsAlive || (placing.ThreadState & ThreadState.WaitSleepJoin) != 0);
        OperationContext own = default;
        Assert.Equal(MmStatus.Ok, held.Validate(Placement.Gtt, ref own));
        held.Unreserve();
        placing.Join();
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(held));
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.True(isContended); // The same call succeeds now.
        Assert.Equal(MmStatus.Ok, test.Place(wanting, Placement.Vram));
        test.AssertValid();
    }

    [Fact]
    public void ADeletedObjectWhoseOwnLockTheSetHoldsIsNotFreedUnderItsHands()
    {
        using TestDevice test = new(vramPages: 2);
        BufferObject gone = test.Create(2, Placement.Vram, "gone");
        BufferObject wanting = test.Create(2, Placement.System, "wanting");
        AcquireContext set = new();
        OperationContext context = default;
        set.LockAll([gone.Reservation, wanting.Reservation]);
        gone.Release();
        Assert.Equal(MmStatus.OutOfMemory, wanting.Validate(Placement.Vram, ref context));
        Assert.NotNull(gone.Resource);
        set.UnlockAll();
        Assert.Equal(MmStatus.Ok, test.Place(wanting, Placement.Vram));
        Assert.Null(gone.Resource);
        test.AssertValid();
    }

    [Fact]
    public void SpaceWhoseCopyIsDoneIsTakenBeforeALessWantedPlace()
    {
        ManualDriver driver = new();
        using TestDevice test = new(aperturePages: 2, driver: driver);
        BufferObject moved = test.Create(2, Placement.Gtt, "moved");
        Assert.Equal(MmStatus.Ok, test.Place(moved, Placement.Vram)); // Its space waits for the copy,
        BufferObject target = test.Create(2, Placement.Empty, "target");
        driver.Copies.SignalTo(1); // which is done now, and nobody was told.
        Placement either = new(new Place(MemoryDomain.Gtt, PlaceFlags.Desired), new Place(MemoryDomain.System));
        Assert.Equal(MmStatus.Ok, test.Place(target, either));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(target));
        test.AssertValid();
    }

    [Fact]
    public void WhatTheOwnTicketHoldsIsPassedOverAndTheHolderBehindItIsWaitedFor()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject own = test.Create(2, Placement.Vram, "own");
        BufferObject held = test.Create(2, Placement.Vram, "held");
        BufferObject wanting = test.Create(2, Placement.Gtt, "wanting");
        held.Reserve();
        MmStatus status = MmStatus.Busy;
        Thread placing = new(() =>
        {
            AcquireContext set = new();
            OperationContext context = default;
            set.LockAll([own.Reservation, wanting.Reservation]);
            status = wanting.Validate(Placement.Vram, ref context);
            set.UnlockAll();
        });
        placing.Start();
        SpinWait.SpinUntil(() => !placing.IsAlive || (placing.ThreadState & ThreadState.WaitSleepJoin) != 0);
        held.Unreserve();
        placing.Join();
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(own));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(held));
        test.AssertValid();
    }

    private sealed class SkipLog(BufferObject target) : IDeviceObserver
    {
        public List<MmStatus> Statuses { get; } = [];

        public bool WantsAccesses => false;

        public void OnEvent(in DeviceEvent occurred)
        {
            if (occurred.Kind == DeviceEventKind.EvictionSkipped && occurred.ObjectId == target.Id)
            {
                Statuses.Add(occurred.Status);
            }
        }
    }
}
