using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>What lies behind GPU addresses before a submission: what it must lock, what has moved, what its fence goes on.</summary>
public sealed class GpuVmObjectsTests : IDisposable
{
    private const ulong Page = 4096;

    private readonly TestDevice _test = new(vramPages: 8);
    private readonly GpuVm _vm;
    private readonly AcquireContext _acquire = new();
    private readonly List<GpuVmStep> _steps = [];

    public GpuVmObjectsTests()
    {
        _vm = new GpuVm(_test.Device, 0, 64 * Page);
    }

    public void Dispose()
    {
        _vm.Dispose();
        Assert.Equal(0, _vm.MovedCount);
        _test.Dispose();
    }

    [Fact]
    public void WhatMovedComesBackAndTheRestIsLeftAlone()
    {
        BufferObject[] objects = [Own(4), Own(2), _test.Create(2, Placement.Vram, "external")];
        MapAll(objects);
        _test.Place(_test.Create(4, Placement.System, "intruder"), Placement.Vram); // Puts the oldest out.
        Assert.Equal(MemoryDomain.Gtt, _test.DomainOf(objects[0]));
        Assert.Equal(1, _vm.MovedCount);
        _test.Place(objects[2], Placement.System);
        Assert.Equal(2, _vm.MovedCount);

        List<BufferObject> validated = [];
        LockAll();
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, _vm.ValidateMoved(Placement.VramThenGtt, ref context, validated));
        _acquire.UnlockAll();
        Assert.Equal([objects[0], objects[2]], validated);
        Assert.Equal(0, _vm.MovedCount);
        validated.Clear();
        LockAll();
        Assert.Equal(MmStatus.Ok, _vm.ValidateMoved(Placement.VramThenGtt, ref context, validated));
        _acquire.UnlockAll();
        Assert.Empty(validated);
        _test.AssertValid();
    }

    [Fact]
    public void WhatCannotComeBackIsTriedAgain()
    {
        BufferObject target = Own(4);
        MapAll([target]);
        _test.Place(target, Placement.Gtt);
        BufferObject pinned = _test.Create(8, Placement.Vram, "pinned");
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        List<BufferObject> validated = [];
        OperationContext context = default;
        LockAll();
        Assert.Equal(MmStatus.OutOfMemory, _vm.ValidateMoved(Placement.Vram, ref context, validated));
        Assert.Empty(validated);
        Assert.Equal(1, _vm.MovedCount);
        _acquire.UnlockAll();
        pinned.Release();
        LockAll();
        Assert.Equal(MmStatus.Ok, _vm.ValidateMoved(Placement.Vram, ref context, validated));
        _acquire.UnlockAll();
        Assert.Equal([target], validated);
    }

    [Fact]
    public void DroppedContentsCountAsMovedAndWhatIsUnmappedIsForgotten()
    {
        BufferObject target = Own(2);
        MapAll([target]);
        target.Reserve();
        OperationContext context = default;
        target.Validate(Placement.Empty, ref context);
        Assert.Equal(1, _vm.MovedCount);
        Assert.Equal(MmStatus.Ok, _vm.Unmap(0, 64 * Page, _steps));
        target.Unreserve();
        Assert.Equal(0, _vm.MovedCount);
        Assert.Equal(0, _vm.ObjectCount);
        _test.Place(target, Placement.Vram);
        _test.Place(target, Placement.Gtt);
        Assert.Equal(0, _vm.MovedCount); // Nobody is told any more.
    }

    [Fact]
    public void AJobsFenceGoesOnTheOwnReservationAndOnThoseOfExternalObjects()
    {
        BufferObject own = Own(1);
        BufferObject external = _test.Create(1, Placement.Vram, "external");
        MapAll([own, external, external]);
        FenceContext jobs = new("job");
        LockAll();
        Assert.Equal(2, _acquire.HeldCount);
        _vm.AddFence(jobs.Issue(), FenceUsage.Bookkeep, FenceUsage.Write);
        Assert.False(_vm.Reservation.TryGetUnsignaled(FenceUsage.Read, out _));
        Assert.True(_vm.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _));
        Assert.True(external.Reservation.TryGetUnsignaled(FenceUsage.Write, out _));
        jobs.SignalTo(1);
        _acquire.UnlockAll();
    }

    [Fact]
    public void TheFirstMappingOfARangeIsFoundAndAFreeRangeHasNone()
    {
        BufferObject target = Own(2);
        MapAll([target]); // At page 0.
        _vm.Reservation.Lock();
        Assert.Equal(MmStatus.Ok, _vm.Map(10 * Page, Page, null, 0, _steps));
        Assert.Same(target, _vm.FindFirst(Page, 20 * Page)!.Target);
        Assert.Equal(10 * Page, _vm.FindFirst(2 * Page, 9 * Page)!.StartBytes);
        Assert.Null(_vm.FindFirst(2 * Page, 8 * Page));
        Assert.Null(_vm.FindFirst(11 * Page, ulong.MaxValue - (11 * Page)));
        string[] lines = _vm.Dump().Split('\n');
        Assert.Equal("GPU addresses 0x0 to 0x40000: 2 mappings of 1 objects, 0 of them moved", lines[0]);
        Assert.Equal($"  0x0000000000000000  0x0000000000002000        8 KiB  0x0000000000  BO {target.Id} 'own'", lines[2]);
        Assert.Equal("  0x000000000000a000  0x000000000000b000        4 KiB  0x0000000000  sparse", lines[3]);
        _steps.Clear();
        _vm.Map(Page, Page, null, 0, _steps);
        Assert.Equal(
            [$"Remap [0x0, 0x2000) BO {target.Id} 'own' + 0x0, leaves [0x0, 0x1000) BO {target.Id} 'own' + 0x0", "Map [0x1000, 0x2000) sparse"],
            _steps.Select(static step => step.ToString()));
        _vm.Reservation.Unlock();
    }

    private BufferObject Own(ulong pages)
    {
        _vm.Reservation.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(pages * Page, "own", SharedReservation: _vm.Reservation);
        Assert.Equal(MmStatus.Ok, _test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? made));
        _vm.Reservation.Unlock();
        return made!;
    }

    private void MapAll(BufferObject[] objects)
    {
        _vm.Reservation.Lock();
        ulong at = 0;
        foreach (BufferObject target in objects)
        {
            Assert.Equal(MmStatus.Ok, _vm.Map(at, target.SizeBytes, target, 0, _steps));
            at += target.SizeBytes;
        }

        _vm.Reservation.Unlock();
    }

    private void LockAll()
    {
        List<Reservation> reservations = [];
        _vm.Reservation.Lock();
        _vm.AddReservations(reservations);
        _vm.Reservation.Unlock();
        _acquire.LockAll([.. reservations]);
    }
}
