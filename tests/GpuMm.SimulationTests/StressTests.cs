using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests;

/// <summary>Real threads: faults against moves against frees, with the invariants checked all along.</summary>
public sealed class StressTests(ITestOutputHelper output)
{
    private const int Rounds = 4_000;

    [Fact]
    public void APointerNeverNoticesThatItsObjectMoves()
    {
        using TestDevice test = new(vramPages: 40, aperturePages: 24, systemPages: 512, visiblePages: 20);
        BufferObject shared = test.Create(20, Placement.System, "shared");
        VmArea area = shared.Map(test.Space);
        Progress progress = new();
        RunTogether(
            () => TouchOwnPage(test, area, page: 1, progress),
            () => TouchOwnPage(test, area, page: 19, progress),
            () => MoveAround(test, shared, seed: 1, progress),
            () => CheckAllAlong(test));
        test.AssertValid();
        output.WriteLine($"{test.Device.Statistics.Faults} faults, {test.Device.Statistics.FaultRetries} retried, {test.Device.Statistics.ZappedPtes} entries revoked");

        // The mover waits for a touch after each move, so the threads really meet.
        Assert.True(test.Device.Statistics.Faults > Rounds / 2);
    }

    [Fact]
    public void ObjectsComeAndGoWhileOthersFaultMoveAndEvictThem()
    {
        using TestDevice test = new(vramPages: 10, aperturePages: 8, systemPages: 1024);
        RunTogether(
            () => CreateUseDestroy(test, seed: 11),
            () => CreateUseDestroy(test, seed: 12),
            () => CreateUseDestroy(test, seed: 13),
            () => CheckAllAlong(test));
        test.Device.Reap();
        test.AssertValid();
        Assert.Equal(0, test.Device.ObjectCount);
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        output.WriteLine($"{test.Device.Statistics.Evictions} evictions, {test.Device.Statistics.Faults} faults, {test.Device.Statistics.FaultRetries} retried");
        Assert.True(test.Device.Statistics.Evictions > Rounds / 4);
    }

    private static void TouchOwnPage(TestDevice test, VmArea area, int page, Progress progress)
    {
        ulong address = area.StartAddress + ((ulong)page * 4096) + 8;
        byte[] read = new byte[4];
        for (int i = 0; !progress.IsOver; i++)
        {
            byte[] written = BitConverter.GetBytes(i);
            Assert.Equal(MmStatus.Ok, test.Space.Write(address, written));
            Assert.Equal(MmStatus.Ok, test.Space.Read(address, read));
            Assert.Equal(written, read);
            Interlocked.Increment(ref progress.Touches);
        }
    }

    private static void MoveAround(TestDevice test, BufferObject target, ulong seed, Progress progress)
    {
        Placement[] places = [Placement.System, Placement.Gtt, Placement.Vram, new(new Place(MemoryDomain.Vram, PlaceFlags.TopDown))];
        Prng prng = new(seed);
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                Assert.Equal(MmStatus.Ok, test.Place(target, places[prng.Below(4)]));
                int seen = Volatile.Read(ref progress.Touches);
                SpinWait.SpinUntil(() => Volatile.Read(ref progress.Touches) != seen);
            }
        }
        finally
        {
            progress.IsOver = true;
        }
    }

    // Each thread keeps three objects, so that all together never fit into video memory.
    private static void CreateUseDestroy(TestDevice test, ulong seed)
    {
        Prng prng = new(seed);
        Queue<(BufferObject Target, VmArea Area, byte Value)> kept = new();
        for (int i = 0; i < Rounds / 4; i++)
        {
            BufferObject made = test.Create(prng.Below(4) + 2, Placement.System, $"{seed}.{i}");
            VmArea area = made.Map(test.Space);
            byte value = unchecked((byte)prng.Next());
            Fill(test, area, value);

            // Room may be taken by objects that are in use just now: that is an answer, not a fault.
            Assert.Contains(test.Place(made, Placement.VramThenGtt), (MmStatus[])[MmStatus.Ok, MmStatus.OutOfMemory]);
            kept.Enqueue((made, area, value));
            foreach ((_, VmArea old, byte expected) in kept)
            {
                Check(test, old, expected);
            }

            if (kept.Count == 3)
            {
                Destroy(test, kept.Dequeue(), mapLast: prng.Below(2) == 0);
            }
        }

        while (kept.TryDequeue(out (BufferObject Target, VmArea Area, byte Value) last))
        {
            Destroy(test, last, mapLast: true);
        }
    }

    private static void Fill(TestDevice test, VmArea area, byte value)
    {
        byte[] bytes = new byte[area.SizeBytes];
        Array.Fill(bytes, value);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, bytes));
    }

    private static void Check(TestDevice test, VmArea area, byte value)
    {
        byte[] bytes = new byte[area.SizeBytes];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, bytes));
        Assert.False(bytes.AsSpan().ContainsAnyExcept(value), "A byte is not what was written.");
    }

    private static void Destroy(TestDevice test, (BufferObject Target, VmArea Area, byte Value) gone, bool mapLast)
    {
        if (mapLast)
        {
            gone.Target.Release();
        }

        test.Space.Unmap(gone.Area);
        if (!mapLast)
        {
            gone.Target.Release();
        }
    }

    private static void CheckAllAlong(TestDevice test)
    {
        for (int i = 0; i < Rounds / 20; i++)
        {
            test.AssertValid();
        }
    }

    private static void RunTogether(params ReadOnlySpan<Action> actions)
    {
        List<Exception> failures = [];
        List<Thread> threads = [];
        foreach (Action action in actions)
        {
            threads.Add(new Thread(() =>
            {
                try
                {
                    action();
                }
                catch (Exception failure) when (failure is not OutOfMemoryException)
                {
                    lock (failures)
                    {
                        failures.Add(failure);
                    }
                }
            }));
        }

        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        Assert.Empty(failures);
    }

    private sealed class Progress
    {
        public int Touches;
        public volatile bool IsOver;
    }
}
