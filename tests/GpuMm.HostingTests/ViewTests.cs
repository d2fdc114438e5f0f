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

    private static SimulatedGpu Gpu(ByteCount vram) =>
        new("gpu0", new SimulatedGpuOptions { Vram = vram, Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64), Backing = BackingKind.None, Speed = 0 });

    private static GpuSession Open(SimulatedGpu gpu, string name)
    {
        Assert.Null(gpu.TryOpenSession(name, default, out GpuSession? session));
        return session!;
    }
}
