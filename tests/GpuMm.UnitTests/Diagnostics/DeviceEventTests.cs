using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Diagnostics;

/// <summary>What a device tells its observers.</summary>
public sealed class DeviceEventTests
{
    [Fact]
    public void AnEvictionTellsEvictorVictimAndWhyOthersWerePassedOver()
    {
        using TestDevice test = new(vramPages: 8);
        BufferObject pinned = test.Create(4, Placement.Vram, "pinned");
        BufferObject victim = test.Create(4, Placement.Vram, "victim");
        BufferObject held = test.Create(4, Placement.Gtt, "evictor");
        pinned.Reserve(); // Locked by somebody: passed over.
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        Assert.Equal(MmStatus.Ok, test.Place(held, Placement.Vram));
        pinned.Reservation.Unlock();

        DeviceEvent skipped = ledger.Events.Single(static e => e.Kind == DeviceEventKind.EvictionSkipped);
        Assert.Equal((pinned.Id, SkipReason.Locked, held.Id, 0), (skipped.ObjectId, skipped.Reason, skipped.RelatedId, skipped.Count));
        DeviceEvent evicted = ledger.Events.Single(static e => e.Kind == DeviceEventKind.Evicted);
        Assert.Equal((victim.Id, held.Id, 1), (evicted.ObjectId, evicted.RelatedId, evicted.Count));
        Assert.Equal((MemoryDomain.Vram, MemoryDomain.Gtt), (evicted.From, evicted.To));
        DeviceEvent[] moves = [.. ledger.Events.Where(static e => e.Kind == DeviceEventKind.MoveFinished)];
        Assert.Equal([MoveCause.Eviction, MoveCause.Validate], moves.Select(static e => e.Cause));
        Assert.Equal([victim.Id, held.Id], moves.Select(static e => e.ObjectId));
    }

    [Fact]
    public void ALifeIsToldFromCreationToTheEnd()
    {
        using TestDevice test = new();
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        BufferObject target = test.Create(2, Placement.System, "name");
        VmArea area = target.Map(test.Space);
        test.Space.Write(area.StartAddress + 5000, [1]);
        test.Place(target, Placement.Vram);
        target.Reserve();
        target.Pin();
        target.Unpin();
        target.Advise(MemoryAdvice.DontNeed);
        target.Unreserve();
        test.Place(target, Placement.Empty);
        test.Space.Unmap(area);
        target.Release();
        Assert.Equal("name", ledger.Events[0].Name);
        Assert.Equal(
            [
                DeviceEventKind.ObjectCreated, DeviceEventKind.SpaceTaken, DeviceEventKind.MoveStarted, DeviceEventKind.MoveFinished,
                DeviceEventKind.Validated, DeviceEventKind.MappingCreated, DeviceEventKind.FaultEntered, DeviceEventKind.Populated,
                DeviceEventKind.FaultServed, DeviceEventKind.SpaceTaken, DeviceEventKind.MoveStarted, DeviceEventKind.Zapped,
                DeviceEventKind.SpaceReturned, DeviceEventKind.Unpopulated, DeviceEventKind.MoveFinished, DeviceEventKind.Validated,
                DeviceEventKind.Bumped, DeviceEventKind.Pinned, DeviceEventKind.Unpinned, DeviceEventKind.Advised, DeviceEventKind.Bumped,
                DeviceEventKind.SpaceReturned, DeviceEventKind.ContentsDropped, DeviceEventKind.Purged, DeviceEventKind.Validated,
                DeviceEventKind.RangeUnmapped, DeviceEventKind.MappingRemoved, DeviceEventKind.ObjectReleased,
                DeviceEventKind.ObjectDestroyed,
            ],
            ledger.Kinds);
        DeviceEvent fault = ledger.Events.First(static e => e.Kind == DeviceEventKind.FaultEntered);
        Assert.Equal((target.Id, 5000ul, 1ul), (fault.ObjectId, fault.OffsetBytes, fault.Detail));
        Assert.Empty(ledger.Compare(test.Device));
    }

    [Fact]
    public void ClientsNamesAndHandlesAreTold()
    {
        using TestDevice test = new();
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        OperationContext context = default;
        test.Device.TryCreate(new BufferObjectDescription(4096, "n", ClientId: 7), Placement.System, ref context, out BufferObject? target);
        using GpuClient client = new(test.Device, 9, "nine");
        uint handle = client.Open(target!);
        uint name = test.Device.Publish(target!);
        client.Close(handle);
        Assert.Equal(7, ledger.Events[0].ClientId);
        DeviceEvent[] told = [.. ledger.Events.Where(static e => e.Kind is DeviceEventKind.HandleOpened or DeviceEventKind.Named or DeviceEventKind.HandleClosed)];
        Assert.Equal([(9, (ulong)handle), (7, name), (9, handle), (7, 0ul)], told.Select(static e => (e.ClientId, e.RelatedId)));
    }

    [Fact]
    public void AccessesAreToldToThoseWhoWantThem()
    {
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20 }, new InlineDriver());
        AccessLog log = new();
        device.AddObserver(log);
        AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(8192), Placement.System, ref context, out BufferObject? target);
        VmArea area = target!.Map(space);
        space.Write(area.StartAddress + 4090, new byte[10]);
        space.Read(area.StartAddress, new byte[3]);
        Assert.Equal([(4090ul, 10ul, 1ul), (0ul, 3ul, 0ul)], log.Accesses.Select(static e => (e.OffsetBytes, e.SizeBytes, e.Detail)));
        Assert.All(log.Accesses, e => Assert.Equal(target.Id, e.ObjectId));
    }

    [Fact]
    public void AnAccessThatFailsTellsWhatItWantedAndWhetherItWouldWait()
    {
        using TestDevice test = new();
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        const ulong Nowhere = 0x7000_0000;
        Assert.Equal(MmStatus.AccessViolation, test.Space.Read(Nowhere, new byte[1]));
        Assert.Equal(MmStatus.AccessViolation, test.Space.Write(Nowhere, new byte[1]));
        Assert.Equal(MmStatus.AccessViolation, test.Space.TryFault(Nowhere, AccessKind.Read));
        Assert.Equal(MmStatus.AccessViolation, test.Space.TryFault(Nowhere, AccessKind.Write));
        DeviceEvent[] told = [.. ledger.Events.Where(static e => e.Kind == DeviceEventKind.AccessFaulted)];
        Assert.Equal([0ul, 1ul, 2ul, 3ul], told.Select(static e => e.Detail));
        Assert.All(told, e => Assert.Equal((Nowhere, MmStatus.AccessViolation), (e.RelatedId, e.Status)));
    }

    [Fact]
    public void AnAccessOfADebuggerIsToldInRunsOfTheObject()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(4, Placement.System);
        VmArea area = target.Map(test.Space);
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        byte[] bytes = new byte[3 * 4096];
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + 100, bytes, AccessKind.Read));
        Assert.Equal(MmStatus.Ok, test.Space.RemapFilePages(area.StartAddress, 4096, target.Window.FirstPage + 3)); // Pages 3, 1, 2, 3.
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + 100, bytes.AsSpan(0, 8192), AccessKind.Write));
        DeviceEvent[] told = [.. ledger.Events.Where(static e => e.Kind == DeviceEventKind.RemoteAccess)];
        Assert.Equal(
            [
                (100, 12288, 0), // in one run, which is the last one
                ((3 * 4096) + 100, 4096 - 100, 3), (4096, 4096, 3), (8192, 100, 1), // page by page; all but the last have more behind them
            ],
            told.Select(static e => ((int)e.OffsetBytes, (int)e.SizeBytes, (int)e.Detail)));
        Assert.All(told, e => Assert.Equal((target.Id, test.Space.Number, MmStatus.Ok), (e.ObjectId, e.Count, e.Status)));
        Assert.Equal(area.StartAddress + 8192, told[^1].RelatedId);
    }

    [Fact]
    public void WhatIsToldFromOutsideIsOnlyWhatTheDeviceCannotSee()
    {
        using TestDevice test = new();
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        test.Device.Report(DeviceEventKind.Submitted, new DeviceEvent { Count = 3, Detail = 17 });
        Assert.Equal((DeviceEventKind.Submitted, 3, 17ul), (ledger.Events[0].Kind, ledger.Events[0].Count, ledger.Events[0].Detail));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Device.Report(DeviceEventKind.Evicted, default));
    }

    [Fact]
    public void WhoIsRemovedHearsNoMore()
    {
        using TestDevice test = new();
        EventLedger first = new();
        EventLedger second = new();
        test.Device.AddObserver(first);
        test.Device.AddObserver(second);
        test.Create(1, Placement.System);
        Assert.True(test.Device.RemoveObserver(first));
        Assert.False(test.Device.RemoveObserver(first));
        int heard = first.Events.Count;
        test.Create(1, Placement.System);
        Assert.Equal(heard, first.Events.Count);
        Assert.Equal(2 * heard, second.Events.Count);
    }

    [Fact]
    public void TheSameProgramTellsTheSameEvents()
    {
        Assert.Equal(Run(), Run());

        static List<DeviceEvent> Run()
        {
            EventLedger ledger = new();
            using TestDevice test = new(vramPages: 8, driver: new HopDriver());
            test.Device.AddObserver(ledger);
            BufferObject[] objects = [.. Enumerable.Range(0, 6).Select(i => test.Create(3, Placement.System, $"o{i}"))];
            for (int i = 0; i < 50; i++)
            {
                test.Place(objects[(i * 5) % 6], i % 3 == 0 ? Placement.System : Placement.Vram);
            }

            return ledger.Events;
        }
    }

    [Fact]
    public void ManyThreadsTellOneOrder()
    {
        using TestDevice test = new(vramPages: 16, backing: BackingKind.None);
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() => Work(test, t)))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Empty(ledger.Compare(test.Device));

        static void Work(TestDevice test, int thread)
        {
            for (int i = 0; i < 200; i++)
            {
                BufferObject target = test.Create((ulong)(1 + ((i + thread) % 3)), Placement.VramThenGtt);
                test.Place(target, i % 2 == 0 ? Placement.Gtt : Placement.VramThenGtt);
                target.Release();
            }
        }
    }

    [Fact]
    public void TellingAllocatesNothing()
    {
        using TestDevice test = new(vramPages: 8, backing: BackingKind.None);
        BufferObject[] pair = [test.Create(8, Placement.Vram), test.Create(8, Placement.Vram)];
        Counter counter = new();
        test.Device.AddObserver(counter);
        ManagedBytes bytes = default;
        bool isDone = true;
        for (int i = 0; i < 200; i++)
        {
            bytes = i == 100 ? ManagedBytes.Count() : bytes;
            isDone &= test.Place(pair[i % 2], Placement.Vram) == MmStatus.Ok;
        }

        Assert.Equal(0, bytes.Allocated);
        Assert.True(isDone);
        Assert.True(counter.Heard > 2000);
    }

    [Fact]
    public void ACopyThatRunsIsToldWithItsFence()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject target = test.Create(2, Placement.Vram);
        EventLedger ledger = new();
        test.Device.AddObserver(ledger);
        test.Place(target, Placement.Gtt);
        DeviceEvent finished = ledger.Events.Single(static e => e.Kind == DeviceEventKind.MoveFinished);
        Assert.Equal(driver.Copies.IssuedSeqno, finished.Detail);
        target.Reserve();
        test.Device.WaitFence(target.Reservation.FenceAt(0, out FenceUsage usage), target);
        target.Reservation.Unlock();
        Assert.Equal(FenceUsage.Kernel, usage);
        Assert.Equal(finished.Detail, ledger.Events.Single(static e => e.Kind == DeviceEventKind.FenceWaited).Detail);
    }

    [Fact]
    public void APlacementGoesThroughItsCode()
    {
        Placement all = new(
            new Place(MemoryDomain.Private4, PlaceFlags.Desired | PlaceFlags.Contiguous), new Place(MemoryDomain.System),
            new Place(MemoryDomain.Gtt, PlaceFlags.Fallback));
        Assert.Equal(all.Places.ToArray(), Placement.FromCode(all.Code).Places.ToArray());
        Assert.False(all.HasWindows);
        Assert.All(
            [(1ul, 2ul), (1ul, 0ul), (0ul, 2ul)],
            static part => Assert.True(new Placement(new Place(MemoryDomain.Vram, PlaceFlags.None, part.Item1, part.Item2)).HasWindows));
        CreationCode code = new(2, 1, 3, sharesReservation: true, alignmentShift: 16);
        Assert.Equal((2, 1, 3, true, 65536ul), (code.Kind, code.Caching, code.Priority, code.SharesReservation, code.AlignmentBytes));
    }

    private sealed class Counter : IDeviceObserver
    {
        public int Heard { get; private set; }

        public void OnEvent(in DeviceEvent occurred) => Heard++;
    }

    private sealed class AccessLog : IDeviceObserver
    {
        public List<DeviceEvent> Accesses { get; } = [];

        public bool WantsAccesses => true;

        public void OnEvent(in DeviceEvent occurred)
        {
            if (occurred.Kind == DeviceEventKind.CpuAccess)
            {
                Accesses.Add(occurred);
            }
        }
    }
}
