using System;
using System.Diagnostics;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using GpuMm.Objects;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What viewers see is what there is.</summary>
public sealed class ViewTests(ITestOutputHelper output)
{
    [Fact]
    public void EventsThatAreTimedInAnotherOrderThanNumberedDoNoHarm()
    {
        GpuActivity activity = new();
        GpuObserver observer = new("gpu0", new EventRing(64), activity);
        observer.OnEvent(new DeviceEvent { Kind = DeviceEventKind.Evicted, ObjectId = 7, From = MemoryDomain.Vram, TimeNs = 2_000, SizeBytes = 4096 });
        observer.OnEvent(new DeviceEvent { Kind = DeviceEventKind.MoveFinished, ObjectId = 7, To = MemoryDomain.Vram, TimeNs = 1_000, SizeBytes = 4096 });
        Assert.Equal(4096, activity.RefaultedBytes);
        observer.OnEvent(new DeviceEvent { Kind = DeviceEventKind.MoveFinished, ObjectId = 7, To = MemoryDomain.Vram, TimeNs = 3_000, SizeBytes = 4096 });
        Assert.Equal(4096, activity.RefaultedBytes);
    }

    [Fact]
    public void AnObjectSeenBeyondItsDomainCountsForTheLastCell()
    {
        using SimulatedGpu gpu = Gpu(ByteCount.MiB(16));
        Assert.Null(Open(gpu, "client").Create(new ObjectRequest(4096), out uint handle));
        HeapCells cells = new(1 << 20, 4);
        cells.Add(gpu.FindSession(1)!.Find(handle)!, 64 << 20, 4096, isPinned: false, isMisplaced: false, isFirst: true);
        Assert.Equal([0ul, 0, 0, 4096], cells.Merge(4, 1 << 20, 0, out _).Select(static cell => cell.UsedBytes));
    }

    [Fact]
    public void TheHeapMapAgreesWithANaiveOne()
    {
        using SimulatedGpu gpu = Gpu(ByteCount.MiB(16));
        DeviceSnapshotService view = new(gpu);
        Random random = new(3);
        GpuSession[] sessions = [.. Enumerable.Range(0, 3).Select(i => Open(gpu, $"{i}"))];
        for (int i = 0; i < 300; i++)
        {
            sessions[random.Next(3)].Create(new ObjectRequest((ulong)random.Next(1, 400_000), $"{i}", i % 3 == 0 ? "vram" : "vram-or-gtt"), out uint handle);
            if (i % 7 == 0 && handle != 0)
            {
                sessions.First(each => each.Find(handle) is not null).Pin(handle);
            }
        }

        foreach (int cells in (int[])[1, 7, 64, 1000, 4096])
        {
            HeapMapView map = view.HeapMap(MemoryDomain.Vram, cells);
            Assert.InRange(map.Cells.Count, 1, cells);
            ulong[] naive = new ulong[map.Cells.Count];
            ulong[] pinned = new ulong[map.Cells.Count];
            foreach (BufferObject target in gpu.Device.Snapshot().Where(static each => each.Resource is { Domain: MemoryDomain.Vram }))
            {
                for (int i = 0; i < target.Resource!.RangeCount; i++)
                {
                    for (ulong page = target.Resource.RangeAt(i).StartBytes; page < target.Resource.RangeAt(i).EndBytes; page += 4096)
                    {
                        naive[page / map.CellBytes] += 4096;
                        pinned[page / map.CellBytes] += target.PinCount > 0 ? 4096ul : 0;
                    }
                }
            }

            Assert.Equal(naive, map.Cells.Select(static cell => cell.UsedBytes));
            Assert.Equal(pinned, map.Cells.Select(static cell => cell.PinnedBytes));
        }

        foreach (ClientView client in view.Clients())
        {
            ulong inVram = gpu.FindSession(client.Id)!.Objects().Where(static each => each.Value.Target.Resource is { Domain: MemoryDomain.Vram }).Aggregate(0ul, static (sum, each) => sum + each.Value.Target.SizeBytes);
            Assert.Equal(inVram, client.VramBytes);
            Assert.Equal(client.HeldBytes, client.VramBytes + client.GttBytes + client.SystemBytes);
        }
    }

    [Fact]
    public void EventsThatWereOverwrittenAreCounted()
    {
        EventRing ring = new(64);
        DeviceEvent[] into = new DeviceEvent[100];
        Assert.Equal(0, ring.CopyAfter(0, into, out ulong missed));
        for (ulong i = 1; i <= 100; i++)
        {
            ring.Add(new DeviceEvent { ObjectId = i });
        }

        Assert.Equal(64, ring.CopyAfter(0, into, out missed));
        Assert.Equal((36ul, 37ul, 37ul), (missed, into[0].Sequence, into[0].ObjectId));
        Assert.Equal(10, ring.CopyAfter(90, into, out missed));
        Assert.Equal((0ul, 100ul), (missed, into[9].Sequence));
        Assert.Equal(5, ring.CopyAfter(50, into.AsSpan(0, 5), out missed));
        Assert.Equal(64, ring.CopyAfter(500, into, out missed)); // A number of an earlier life: from the start.
    }

    [Fact]
    public void OneLookAtManyObjectsIsBounded()
    {
        int count = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 1_000_000 : 20_000;
        using SimulatedGpu gpu = Gpu(ByteCount.GiB(8));
        GpuSession session = Open(gpu, "many");
        for (int i = 0; i < count; i++)
        {
            Assert.Null(session.Create(new ObjectRequest(4096), out _));
        }

        HeapSweep sweep = new(gpu);
        int looks = 0;
        long worst = 0;
        while (sweep.EndedNs == 0)
        {
            long start = Stopwatch.GetTimestamp();
            sweep.Step(DeviceSnapshotService.ObjectsPerLook);
            worst = Math.Max(worst, Stopwatch.GetTimestamp() - start);
            looks++;
        }

        Assert.Equal((count / DeviceSnapshotService.ObjectsPerLook) + 1, looks);
        Assert.Equal(count, sweep.ShownObjects);
        output.WriteLine($"{count} objects: {looks} looks, the longest {worst * 1000.0 / Stopwatch.Frequency:0.00} ms");
    }

    [Fact]
    public void ASearchAgreesWithANaiveOneWhateverIsAsked()
    {
        using SimulatedGpu gpu = Gpu(ByteCount.MiB(4));
        DeviceSnapshotService view = new(gpu);
        Random random = new(5);
        GpuSession[] sessions = [.. Enumerable.Range(0, 3).Select(i => Open(gpu, $"{i}"))];
        for (int i = 0; i < 300; i++)
        {
            Assert.Null(sessions[i % 3].Create(new ObjectRequest((ulong)random.Next(1, 60_000), $"piece {i}"), out uint handle));
            Assert.True(i % 11 != 0 || sessions[i % 3].Pin(handle) is null);
        }

        ObjectView[] all = [.. view.Search(new ObjectQuery(Limit: 1000)).Objects];
        Assert.Equal(300, all.Length);
        Assert.Contains(all, static each => each.IsMisplaced);
        (ObjectQuery Query, Func<ObjectView, bool> IsMatch)[] questions =
        [
            (new ObjectQuery("PIECE 1"), static each => each.Name.StartsWith("piece 1", StringComparison.Ordinal)),
            (new ObjectQuery("7"), static each => each.Id == 7 || each.Name.Contains('7', StringComparison.Ordinal)),
            (new ObjectQuery(ClientId: 2), static each => each.ClientId == 2),
            (new ObjectQuery(MinBytes: 10_000, MaxBytes: 40_000), static each => each.SizeBytes is >= 10_000 and <= 40_000),
            (new ObjectQuery(Domain: "GTT"), static each => each.Domain == "gtt"),
            (new ObjectQuery(IsPinned: true), static each => each.PinCount > 0),
            (new ObjectQuery(IsMisplaced: false), static each => !each.IsMisplaced),
            (new ObjectQuery(Domain: "vram", FirstAddress: 1 << 20, EndAddress: 2 << 20), static each => each.Domain == "vram" && each.OffsetBytes + each.SizeBytes > 1 << 20 && each.OffsetBytes < 2 << 20),
        ];
        foreach ((ObjectQuery query, Func<ObjectView, bool> isMatch) in questions)
        {
            ulong[] expected = [.. all.Where(isMatch).Select(static each => each.Id)];
            Assert.InRange(expected.Length, 1, 299);
            ObjectPage page = view.Search(query with { Limit = 1000 });
            Assert.Equal(expected, page.Objects.Select(static each => each.Id));
            Assert.Equal((expected.Length, true), (page.Total, page.IsComplete));
            Assert.Equal(expected.Skip(2).Take(3), view.Search(query with { Offset = 2, Limit = 3 }).Objects.Select(static each => each.Id));
        }

        Assert.Equal(all.Skip(250).Take(7).Select(static each => each.Id), view.Search(new ObjectQuery(Offset: 250, Limit: 7)).Objects.Select(static each => each.Id));
        Assert.Empty(view.Search(new ObjectQuery(Offset: 300)).Objects);
    }

    [Fact]
    public void ViewersOfOneSearchShareItAndAListOfAllLooksAtNoMoreThanItShows()
    {
        FakeTimeProvider time = new();
        using SimulatedGpu gpu = new("gpu0", new SimulatedGpuOptions { Vram = ByteCount.MiB(64), Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64), Backing = BackingKind.None, Speed = 0 }, time);
        DeviceSnapshotService view = new(gpu);
        GpuSession session = Open(gpu, "many");
        for (int i = 0; i < 5000; i++)
        {
            Assert.Null(session.Create(new ObjectRequest(4096, $"{i}"), out _));
        }

        Assert.Equal(5000, view.SearchRecent(new ObjectQuery()).Total);
        Assert.Equal(100, view.Searches.LookedCount);
        ObjectPage first = view.SearchRecent(new ObjectQuery("77"));
        Assert.Equal(5100, view.Searches.LookedCount);
        Assert.Same(first, view.SearchRecent(new ObjectQuery("77")));
        for (int i = 0; i < 8; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, view.SearchRecent(new ObjectQuery($"no {i}")).Total); // Pushes it out.
        }

        Assert.NotSame(first, first = view.SearchRecent(new ObjectQuery("77")));
        time.Advance(TimeSpan.FromMilliseconds(51));
        Assert.Null(session.Create(new ObjectRequest(4096, "another 77"), out _));
        Assert.Equal(first.Total + 1, view.SearchRecent(new ObjectQuery("77")).Total);
    }

    [Fact]
    public void AClientThatCameAfterTheLastLookIsSeenWhenItIsAskedFor()
    {
        FakeTimeProvider time = new();
        using SimulatedGpu gpu = new("gpu0", new SimulatedGpuOptions { Vram = ByteCount.MiB(4), Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64), Backing = BackingKind.None, Speed = 0 }, time);
        DeviceSnapshotService view = new(gpu);
        Assert.Empty(view.Clients());
        GpuSession late = Open(gpu, "late");
        Assert.Empty(view.Clients()); // No time has passed: as it was looked at.
        Assert.Equal((late.Id, "late"), (view.Client(late).Id, view.Client(late).Name));
    }

    private static SimulatedGpu Gpu(ByteCount vram) =>
        new("gpu0", new SimulatedGpuOptions { Vram = vram, Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64), Backing = BackingKind.None, Speed = 0 });

    private static GpuSession Open(SimulatedGpu gpu, string name)
    {
        Assert.Null(gpu.TryOpenSession(name, default, out GpuSession? session));
        return session!;
    }
}
