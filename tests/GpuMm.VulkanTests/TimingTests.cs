using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using GpuMm.Vulkan.Memory;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>Whose durations drive the clock, what a fence stands for, and what a move costs.</summary>
public sealed class TimingTests
{
    [Fact]
    public void TheModelsClockIsTheSameWithAndWithoutAMirror()
    {
        long mirrored = RunFor(MirrorTiming.Model, out MirrorReport report);
        Assert.True(report.DeviceNs > 0);
        Assert.True(report.ModelNs > 0);
        Assert.Equal(mirrored, RunFor(MirrorTiming.Model, out _));
    }

    [Fact]
    public void MeasuredDurationsAreTheClocks()
    {
        using MirrorRig rig = new(vramPages: 1024, aperturePages: 1024, systemPages: 4096, Options(MirrorTiming.Measured));
        BufferObject texture = rig.Create(800, Placement.Gtt);
        rig.FillRandom(texture, 1);
        long before = rig.Clock.Now.Nanoseconds;
        rig.Place(texture, Placement.Vram);
        long zapped = rig.Clock.Now.Nanoseconds;
        Wait(rig, texture);
        MirrorReport report = rig.Driver.Report();

        // What passes until the fence signals is what the timestamps said, to the nanosecond.
        Assert.Equal(report.DeviceNs, rig.Clock.Now.Nanoseconds - zapped);
        Assert.True(report.DeviceNs > 0 && zapped >= before);
    }

    [Fact]
    public void WhoWaitsForTheFenceWaitsForTheDevice()
    {
        using MirrorRig rig = new(vramPages: 1024, aperturePages: 1024, systemPages: 4096, Options(MirrorTiming.Model));
        BufferObject texture = rig.Create(900, Placement.Gtt);
        rig.Place(texture, Placement.Vram);
        CopyStreamState before = State(rig);
        Assert.True(before.Done < before.Next, "The copy is still in an open batch.");
        Wait(rig, texture);
        Assert.True(State(rig).Done >= rig.Driver.Mirror!.Find(texture.Id)!.LastUse);
    }

    [Fact]
    public void AMoveAllocatesNoManagedMemory()
    {
        using MirrorRig rig = new(vramPages: 64, aperturePages: 64, systemPages: 1024, Options(MirrorTiming.Model), BackingKind.None);
        BufferObject texture = rig.Create(16, Placement.Vram);
        Shuttle(rig, texture, 300);
        ManagedBytes bytes = ManagedBytes.Count();
        Shuttle(rig, texture, 300);
        Assert.Equal(0, bytes.Allocated);
    }

    [Fact]
    public void CopiesThatShareTimestampsShareTheirTimeBySize()
    {
        using MirrorRig rig = new(1024, 1024, 4096, Options(MirrorTiming.Model) with { SharesTimestamps = true }, BackingKind.None);
        BufferObject[] textures = [.. new ulong[] { 10, 20, 300 }.Select(pages => rig.Create(pages, Placement.Gtt))];
        rig.Driver.Report();
        List<(ulong SizeBytes, long Ns)> told = [];
        rig.Driver.Mirror!.Counters.Listener = (tag, ns) => told.Add((tag.SizeBytes, ns));
        foreach (BufferObject texture in textures)
        {
            rig.Place(texture, Placement.Vram);
        }

        long submissions = rig.Driver.Report().Submissions;
        Assert.Equal([10ul << 12, 20ul << 12, 300ul << 12], told.Select(static copy => copy.SizeBytes));
        Assert.True(told[0].Ns > 0);
        Assert.InRange(told[1].Ns - (2 * told[0].Ns), -2, 2); // Each is rounded down.
        Assert.InRange(told[2].Ns - (30 * told[0].Ns), -30, 30);
        Assert.Equal(submissions, rig.Driver.Report().Submissions);
    }

    [Fact]
    public void BatchesBeyondTheirLimitTellEveryCopyOnce()
    {
        using MirrorRig rig = new(1024, 1024, 4096, Options(MirrorTiming.Model), BackingKind.None);
        BufferObject texture = rig.Create(16, Placement.Vram);
        foreach (bool shares in (ReadOnlySpan<bool>)[true, false])
        {
            int told = 0;
            rig.Driver.Report();
            rig.Driver.Mirror!.Stream.SharesTimestamps = shares;
            rig.Driver.Mirror.Counters.Listener = (_, ns) => told += ns >= 0 ? 1 : 0;
            Shuttle(rig, texture, CopyStream.MaxTimed + 200); // More than a batch may hold, however busy the device is.
            rig.Driver.Report();
            Assert.Equal(CopyStream.MaxTimed + 200, told);
        }
    }

    [Fact]
    public void PoolsGiveBlocksBackAndKeepOne()
    {
        using MirrorRig rig = new(vramPages: 4096, aperturePages: 4096, systemPages: 16384, Options(MirrorTiming.Model));
        BufferObject[] textures = [.. Enumerable.Range(0, 8).Select(i => rig.Create(500, Placement.Vram, $"texture {i}"))];
        Assert.True(rig.Driver.Mirror!.Room.Pool(MemoryDomain.Vram).HeldBytes >= 8 * 500 * 4096);
        rig.Clock.Advance(1_000_000_000);
        foreach (BufferObject texture in textures)
        {
            rig.Release(texture);
        }

        rig.Driver.Report();
        Assert.Equal(0ul, rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).UsedBytes);
        Assert.True(rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).BlockCount <= 1);
    }

    [Fact]
    public void ASmallStoreWaitsForTheNextOfItsSizeUntilThePoolNeedsTheSpace()
    {
        using MirrorRig rig = new(vramPages: 1024, aperturePages: 1024, systemPages: 4096, Options(MirrorTiming.Model), BackingKind.None);
        BufferObject first = rig.Create(200, Placement.Vram);
        MirrorObject mirrored = rig.Driver.Mirror!.Find(first.Id)!;
        ulong image = mirrored.Store.Image.Handle;
        rig.Place(first, Placement.Gtt);
        Assert.Equal(200ul << 12, rig.Driver.Mirror.Room.ParkedBytes(MemoryDomain.Vram));
        rig.Place(first, Placement.Vram);
        Assert.Equal(image, mirrored.Store.Image.Handle);
        Assert.Equal(0ul, rig.Driver.Mirror.Room.ParkedBytes(MemoryDomain.Vram));
        rig.Place(first, Placement.Gtt);

        // A block is 256 pages: what is parked gives way before another is taken.
        rig.Create(100, Placement.Vram, "second");
        Assert.Equal(0ul, rig.Driver.Mirror.Room.ParkedBytes(MemoryDomain.Vram));
        Assert.Equal(1, rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).BlockCount);
        rig.AssertAgrees();
    }

    [Fact]
    public void NoMoreIsParkedThanItsLimit()
    {
        using MirrorRig rig = new(vramPages: 8192, aperturePages: 8192, systemPages: 16384, Options(MirrorTiming.Model), BackingKind.None);
        BufferObject[] textures = [.. Enumerable.Range(0, 40).Select(i => rig.Create(100, Placement.Vram, $"texture {i}"))];
        foreach (BufferObject texture in textures)
        {
            rig.Place(texture, Placement.Gtt);
        }

        Assert.InRange(rig.Driver.Mirror!.Room.ParkedBytes(MemoryDomain.Vram), 7ul << 20, 8ul << 20);
        rig.AssertAgrees();
        rig.Driver.Report();
        Assert.Equal(0ul, rig.Driver.Mirror.Room.ParkedBytes(MemoryDomain.Vram));
        Assert.Equal(0ul, rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).UsedBytes);
    }

    private static MirrorOptions Options(MirrorTiming timing) => new() { BlockBytes = 1 << 20, Timing = timing, Check = MirrorCheck.None };

    private static CopyStreamState State(MirrorRig rig) => new(rig.Driver.Mirror!.Stream.DoneValue, rig.Driver.Mirror.Stream.NextValue);

    private static void Wait(MirrorRig rig, BufferObject texture)
    {
        texture.Reserve();
        while (texture.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence fence))
        {
            rig.Driver.WaitFence(fence);
        }

        texture.Unreserve();
    }

    private static void Shuttle(MirrorRig rig, BufferObject texture, int moves)
    {
        for (int i = 0; i < moves; i++)
        {
            rig.Place(texture, (i & 1) == 0 ? Placement.Gtt : Placement.Vram);
            rig.Clock.Advance(100_000_000);
        }
    }

    private static long RunFor(MirrorTiming timing, out MirrorReport report)
    {
        using MirrorRig rig = new(vramPages: 256, aperturePages: 512, systemPages: 4096, Options(timing));
        for (int i = 0; i < 6; i++)
        {
            BufferObject texture = rig.Create(100, Placement.System, $"texture {i}");
            rig.FillRandom(texture, i);
            rig.Place(texture, Placement.Vram);
            Wait(rig, texture);
        }

        report = rig.Driver.Report();
        return rig.Clock.Now.Nanoseconds;
    }

    private readonly record struct CopyStreamState(ulong Done, ulong Next);
}
