using System;
using System.Linq;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Small BARs: what the CPU touches comes into the part it sees; a window that is pointed at one object after another.</summary>
public sealed class VisibleWindowTests
{
    private readonly byte[] _read = new byte[1];

    [Fact]
    public void ATouchOfWhatCannotBeSeenBringsItIntoTheVisiblePart()
    {
        using TestDevice test = new(vramPages: 16, visiblePages: 4);
        BufferObject target = CreateUnseen(test, 4);
        VmArea area = target.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [9]));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(target));
        Assert.Equal(0ul, target.Resource!.StartBytes);
        Assert.True(target.NeedsCpuAccess);
        Assert.Equal(1, test.Device.Statistics.VisibilityFaults);
        test.AssertValid();

        // The visible part is full of what nobody needs to see: that makes way inside the card.
        BufferObject second = CreateUnseen(test, 4);
        VmArea other = second.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Read(other.StartAddress, _read));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(second)); // The first one is needed where it is; nobody is evicted for a desire.
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, _read));
        Assert.Equal(9, _read[0]);
    }

    [Fact]
    public void WhatNobodyLooksAtMakesWayInsideTheCard()
    {
        using TestDevice test = new(vramPages: 16, visiblePages: 4);
        Placement visible = new(new Place(MemoryDomain.Vram, PlaceFlags.None, 0, 4));
        BufferObject first = test.Create(4, visible, "unseen");
        BufferObject second = test.Create(4, visible, "asks");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(first));
        Assert.True(first.Resource!.StartBytes >= 4 * 4096);
        Assert.Equal(0ul, second.Resource!.StartBytes);
        Assert.Equal(1, test.Device.Statistics.Evictions);
    }

    [Fact]
    public void TheOldestLeavesTheWindowForWhoNeedsIt()
    {
        using GpuDevice device = new(Options(windowPages: 8), new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        EventLedger ledger = new();
        device.AddObserver(ledger);
        BufferObject[] objects = [.. Enumerable.Range(0, 3).Select(_ => Create(device, 4))];
        VmArea[] areas = [.. objects.Select(o => o.Map(space))];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(MmStatus.Ok, space.Write(areas[i].StartAddress, [(byte)(i + 1)]));
            Assert.Empty(device.Validate());
        }

        Assert.False(space.Translate(areas[0].StartAddress).IsPresent);
        Assert.True(space.Translate(areas[1].StartAddress).IsPresent);
        Assert.Equal(1, device.IoWindowEvictions);
        Assert.Equal(8ul * 4096, device.IoWindowUsedBytes);
        DeviceEvent lost = ledger.Events.Single(static e => e.Kind == DeviceEventKind.BusWindowLost);
        Assert.Equal((objects[0].Id, objects[2].Id), (lost.ObjectId, lost.RelatedId));
        Assert.Equal(default, objects[0].Resource!.Bus);
        Assert.True(objects[1].Resource!.Bus.IsIoMemory);
        Assert.Equal(MmStatus.Ok, space.Read(areas[0].StartAddress, _read));
        Assert.Equal(1, _read[0]);
        Assert.All(objects, static o => o.Release());
        Assert.All(areas, area => space.Unmap(area));
        Assert.Equal(0ul, device.IoWindowUsedBytes);
    }

    [Fact]
    public void WhatIsKeptOrTooLargeStaysOut()
    {
        using GpuDevice device = new(Options(windowPages: 4), new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject kept = Create(device, 4);
        kept.Reserve();
        Assert.Equal(MmStatus.Ok, device.TryKeepBusMapping(kept, out BusMapping mapping));
        kept.Reservation.Unlock();
        Assert.Equal((true, Caching.WriteCombined), (mapping.IsIoMemory, mapping.Caching));

        BufferObject other = Create(device, 2);
        VmArea area = other.Map(space);
        Assert.Equal(MmStatus.BusError, space.Read(area.StartAddress, _read)); // Kept for as long as its owner likes.
        kept.Reserve();
        Assert.True(device.DropBusMapping(kept));
        Assert.False(device.DropBusMapping(kept));
        kept.Reservation.Unlock();
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, _read));

        BufferObject large = Create(device, 5);
        Assert.Equal(MmStatus.BusError, space.Read(large.Map(space).StartAddress, _read));
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void WhoIsHeldIsWaitedForAndWhoSharesTheLockLeavesAtOnce()
    {
        using GpuDevice device = new(Options(windowPages: 4), new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4 * 4096, "pair", SharedReservation: shared);
        device.TryCreate(description, Placement.Vram, ref context, out BufferObject? first);
        device.TryCreate(description, Placement.Vram, ref context, out BufferObject? second);
        shared.Unlock();
        VmArea area = first!.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [1]));
        Assert.Equal(MmStatus.Ok, space.Write(second!.Map(space).StartAddress, [2]));
        Assert.Equal(1, device.IoWindowEvictions);

        BufferObject other = Create(device, 4);
        VmArea otherArea = other.Map(space);
        MmStatus answered = MmStatus.Ok;
        shared.Lock();
        Thread toucher = new(() => answered = space.TryFault(otherArea.StartAddress, AccessKind.Read)); // Spaces are locked before it.
        toucher.Start();
        toucher.Join();
        shared.Unlock();
        Assert.Equal(MmStatus.Busy, answered);
        Assert.Equal(MmStatus.Ok, space.TryFault(otherArea.StartAddress, AccessKind.Read));
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, _read));
        Assert.Equal(1, _read[0]);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void AMoveEndsAKeepingAndWhoDropsItAfterwardsIsTold()
    {
        using GpuDevice device = new(Options(windowPages: 4), new InlineDriver());
        BufferObject kept = Create(device, 4);
        OperationContext context = default;
        kept.Reserve();
        Assert.Equal(MmStatus.Ok, device.TryKeepBusMapping(kept, out _));
        Assert.Equal(MmStatus.Ok, kept.Validate(Placement.Gtt, ref context));
        Assert.False(device.DropBusMapping(kept));
        Assert.Equal(MmStatus.Ok, kept.Validate(Placement.Vram, ref context));
        Assert.False(device.DropBusMapping(kept));
        kept.Unreserve();
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void AMoveGivesTheWindowBack()
    {
        using GpuDevice device = new(Options(windowPages: 4), new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject target = Create(device, 4);
        space.Write(target.Map(space).StartAddress, [1]);
        Assert.Equal(4ul * 4096, device.IoWindowUsedBytes);
        OperationContext context = default;
        target.Reserve();
        target.Validate(Placement.Gtt, ref context);
        target.Unreserve();
        Assert.Equal(0ul, device.IoWindowUsedBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuDevice(new GpuDeviceOptions { IoWindowBytes = 5 }, new InlineDriver()));
    }

    private static GpuDeviceOptions Options(ulong windowPages) =>
        new() { VramBytes = 64 * 4096, SystemBytes = 1 << 20, IoWindowBytes = windowPages * 4096 };

    private static BufferObject Create(GpuDevice device, ulong pages)
    {
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(pages * 4096), Placement.Vram, ref context, out BufferObject? made);
        return made!;
    }

    private static BufferObject CreateUnseen(TestDevice test, ulong pages) =>
        test.Create(pages, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.None, 4)));
}
