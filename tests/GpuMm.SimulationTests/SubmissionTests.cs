using System;
using System.Linq;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests;

/// <summary>Frames small enough to be worked out by hand, to the nanosecond.</summary>
public sealed class SubmissionTests
{
    // 1 byte takes 1 ns over the link and on the card.
    private static readonly MachineProfile s_machine = new()
    {
        Name = "test",
        Description = "1 GB/s everywhere",
        Link = new Bandwidth(100, 1_000_000_000),
        Vram = new Bandwidth(10, 1_000_000_000),
        BarBytes = 1ul << 40,
        FaultNs = 0,
        PteInsertNs = 0,
        ZapNs = 0,
    };

    [Fact]
    public void AJobWaitsForTheCopyOfWhatItReads()
    {
        using Bench bench = new(vramPages: 8);
        BufferObject texture = bench.Test.Create(2, Placement.Gtt);
        Fence fence = bench.Submit(1_000, new TextureUse(texture, 500));
        Assert.Equal(new SimTime(100 + 8192), bench.Driver.Copy.BusyUntil);
        Assert.Equal(new SimTime(100 + 8192 + 1_000 + 500), bench.Driver.CompletionOf(fence));
    }

    [Fact]
    public void TwoCopiesQueueOnTheOneEngine()
    {
        using Bench bench = new(vramPages: 8);
        BufferObject a = bench.Test.Create(2, Placement.Gtt);
        BufferObject b = bench.Test.Create(2, Placement.Gtt);
        Fence fence = bench.Submit(0, new TextureUse(a, 0), new TextureUse(b, 0));
        Assert.Equal(new SimTime(2 * (100 + 8192)), bench.Driver.CompletionOf(fence));
    }

    [Fact]
    public void BehindALargeCopyTheNextTakesLonger()
    {
        LinkModel link = s_machine.Link with { Cold = new ColdStart(1_000, 16384) };
        using Bench bench = new(vramPages: 16, machine: s_machine with { Link = link });
        BufferObject first = bench.Test.Create(2, Placement.Gtt);
        BufferObject large = bench.Test.Create(5, Placement.Gtt);
        BufferObject last = bench.Test.Create(1, Placement.Gtt);
        bench.Submit(0, new TextureUse(first, 0));
        Assert.Equal(new SimTime(100 + 8192), bench.Driver.Copy.BusyUntil); // Nothing before it.
        bench.Submit(0, new TextureUse(large, 0));
        Assert.Equal(new SimTime(100 + 8192 + 500 + 100 + 20480), bench.Driver.Copy.BusyUntil); // Behind half of what costs all.
        Fence fence = bench.Submit(0, new TextureUse(last, 0));
        Assert.Equal(new SimTime(100 + 8192 + 500 + 100 + 20480 + 1_000 + 100 + 4096), bench.Driver.CompletionOf(fence));
    }

    [Fact]
    public void WhatDoesNotFitIsReadOverTheLink()
    {
        using Bench bench = new(vramPages: 2);
        BufferObject pinned = bench.Test.Create(2, Placement.Vram);
        bench.Driver.WaitFence(new Fence(bench.Driver.Copy.Timeline, 1));
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        BufferObject texture = bench.Test.Create(2, Placement.Gtt);
        SimTime before = bench.Clock.Now;
        Fence fence = bench.Submit(1_000, new TextureUse(texture, 300));
        Assert.Equal(before + new SimTime(1_300), bench.Driver.CompletionOf(fence));
        Assert.Equal(300, bench.Queue.LinkReadBytes);
    }

    [Fact]
    public void AnEvictionWaitsForTheJobThatReadsTheVictim()
    {
        using Bench bench = new(vramPages: 2);
        BufferObject victim = bench.Test.Create(2, Placement.Gtt, "victim");
        bench.Submit(1_000_000, new TextureUse(victim, 0));
        BufferObject next = bench.Test.Create(2, Placement.Gtt, "next");
        Fence fence = bench.Submit(0, new TextureUse(next, 0));

        // In, 1 ms of work, out again, in: nothing overlaps.
        const long Copy = 100 + 8192;
        Assert.Equal(new SimTime(Copy + 1_000_000 + Copy + Copy), bench.Driver.CompletionOf(fence));
        bench.Test.AssertValid();
    }

    [Fact]
    public void ASetThatDoesNotFitAtOnceIsSplitIntoJobs()
    {
        using Bench bench = new(vramPages: 4, aperturePages: 4);
        BufferObject[] set = [.. Enumerable.Range(0, 5).Select(i => bench.Test.Create(2, Placement.System, $"t{i}"))];
        Fence fence = bench.Submit(10, [.. set.Select(static o => new TextureUse(o, 1))]);
        Assert.True(bench.Queue.JobCount > 1);
        Assert.False(fence.IsSignaled);
        bench.Test.AssertValid();
        bench.Driver.WaitFence(fence);
        Assert.Equal(bench.Clock.Now, bench.Driver.CompletionOf(fence));
        Assert.All(set, static o => Assert.False(o.Reservation.IsLocked));
    }

    [Fact]
    public void AnObjectThatFitsNowhereFailsAndReleasesEverything()
    {
        using Bench bench = new(vramPages: 2, aperturePages: 2);
        BufferObject tooLarge = bench.Test.Create(4, Placement.System);
        MmStatus status = bench.Queue.Submit([new TextureUse(tooLarge, 1)], 10, out _);
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.False(tooLarge.Reservation.IsLocked);
        Assert.Equal(MemoryDomain.System, bench.Test.DomainOf(tooLarge));
        bench.Test.AssertValid();
    }

    [Fact]
    public void TheCpuPaysForFaultsAndForEachByteOverTheLink()
    {
        MachineProfile costly = s_machine with { FaultNs = 1_000, PteInsertNs = 10, CpuWriteCombined = new Bandwidth(0, 2_000_000_000) };
        using Bench bench = new(vramPages: 8, machine: costly);
        BufferObject texture = bench.Test.Create(2, Placement.Vram);
        bench.Driver.WaitFence(new Fence(bench.Driver.Copy.Timeline, 1));
        SimTime before = bench.Clock.Now;
        bench.Test.Space.Write(texture.Map(bench.Test.Space).StartAddress, new byte[8192]);
        Assert.Equal(before + new SimTime(1_000 + (2 * 10) + 8192), bench.Clock.Now);
    }

    // 8192 pages a second: 4 take half a millisecond, and nothing is free that would be a gift.
    [Fact]
    public void AThrottledQueueReadsOverTheLinkWhatItMayNotMoveYet()
    {
        using Bench bench = new(vramPages: 8);
        bench.Test.Create(8, Placement.Vram, "resident");
        BufferObject texture = bench.Test.Create(4, Placement.Gtt, "texture");
        SubmissionThrottle throttle = new(bench.Test.Device, bytesPerSecond: 8192 * 4096);
        Assert.Throws<ArgumentException>(() => new SubmissionQueue(
            bench.Driver, new SubmissionOptions { Throttle = throttle, Budget = new MoveBudget(1) }));
        SubmissionQueue queue = new(bench.Driver, new SubmissionOptions { Throttle = throttle });
        Assert.Equal(MmStatus.Ok, queue.Submit([new TextureUse(texture, 300)], 1_000, out _));
        Assert.Equal((1L, 0ul), (queue.ThrottledCount, queue.MovedBytes));
        Assert.Equal(MemoryDomain.Gtt, bench.Test.DomainOf(texture));

        bench.Clock.AdvanceTo(bench.Clock.Now + new SimTime(1_000_000));
        Assert.Equal(MmStatus.Ok, queue.Submit([new TextureUse(texture, 300)], 1_000, out _));
        Assert.Equal(1L, queue.ThrottledCount);
        Assert.Equal(MemoryDomain.Vram, bench.Test.DomainOf(texture));
        Assert.Equal(4095ul, throttle.Begin().Bytes); // A quarter of what is free, rounded down as time; what time brought is owed.
    }

    private sealed class Bench : IDisposable
    {
        public Bench(ulong vramPages, ulong aperturePages = 64, MachineProfile? machine = null)
        {
            Clock = new VirtualClock();
            Driver = new SimulatedDriver(machine ?? s_machine, Clock);
            Test = new TestDevice(vramPages, aperturePages, driver: Driver);
            Queue = new SubmissionQueue(Driver);
        }

        public VirtualClock Clock { get; }

        public SimulatedDriver Driver { get; }

        public TestDevice Test { get; }

        public SubmissionQueue Queue { get; }

        public Fence Submit(long baseNs, params TextureUse[] uses)
        {
            Assert.Equal(MmStatus.Ok, Queue.Submit(uses, baseNs, out Fence fence));
            return fence;
        }

        public void Dispose() => Test.Dispose();
    }
}
