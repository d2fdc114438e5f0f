using System.Collections.Generic;
using GpuMm.Lab.Replay;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>Any trace on any machine, in full.</summary>
public sealed class FullReplayTests
{
    private const ulong Page = 4096;

    [Fact]
    public void WhatFitsIsMissedOnce()
    {
        FullReplayResult result = Replay(Requests(1, 5_000, 40), 40 * 16 * Page);
        Assert.Equal(5_000, result.Requests);
        Assert.Equal(40, result.Objects);
        Assert.Equal(40, result.Misses);
        Assert.Equal(0, result.Evictions);
        Assert.Equal((0, 0L), (result.BrokenInvariants, result.Failures));
    }

    [Theory]
    [InlineData(SpaceAllocatorKind.Range)]
    [InlineData(SpaceAllocatorKind.Buddy)]
    [InlineData(SpaceAllocatorKind.Bins)]
    public void OversubscribedItMovesAndEveryByteIsCounted(SpaceAllocatorKind allocator)
    {
        FullReplayResult result = Replay(Requests(2, 20_000, 200), 50 * 8 * Page, allocator);
        Assert.True(result.Evictions > 1000 && result.Misses > 1000, $"{result.Evictions} evictions, {result.Misses} misses");
        Assert.Equal((0, 0L), (result.BrokenInvariants, result.Failures));
        Assert.True(result.SimulatedNs >= result.CopyNs, "The copy engine is one engine.");
        Assert.InRange(result.VramPeakBytes, 1ul, 50 * 8 * Page);
        Assert.True(result.ToVramBytes - result.FromVramBytes <= (long)(50 * 8 * Page), "What came and did not go is still there.");
        Assert.InRange(result.Fragmentation, 0, 1);
    }

    [Fact]
    public void MoreMemoryMeansFewerMissesAndLessTime()
    {
        long misses = long.MaxValue;
        long time = long.MaxValue;
        foreach (ulong objects in (ulong[])[25, 50, 100, 200])
        {
            FullReplayResult result = Replay(Requests(3, 10_000, 200), objects * 16 * Page);
            Assert.True(result.Misses < misses && result.SimulatedNs < time, $"{objects}: {result.Misses} misses, {result.SimulatedNs} ns");
            (misses, time) = (result.Misses, result.SimulatedNs);
        }
    }

    [Fact]
    public void ASlowerLinkTakesLongerForTheSameMisses()
    {
        FullReplayResult fast = Replay(Requests(4, 5_000, 100), 30 * 8 * Page);
        FullReplayResult slow = Replay(Requests(4, 5_000, 100), 30 * 8 * Page, machine: "agp8x");
        Assert.Equal(fast.Misses, slow.Misses);

        // Not to the byte: when a copy ends decides whether a new object still finds room in the aperture.
        Assert.InRange((double)slow.ToVramBytes / fast.ToVramBytes, 0.98, 1.02);
        Assert.True(slow.SimulatedNs > 2 * fast.SimulatedNs, $"{slow.SimulatedNs} and {fast.SimulatedNs} ns");
    }

    [Fact]
    public void TheSameTraceGivesTheSameResult() =>
        Assert.Equal(Replay(Requests(5, 5_000, 100), 30 * 8 * Page), Replay(Requests(5, 5_000, 100), 30 * 8 * Page));

    [Theory]
    [InlineData("fifo")]
    [InlineData("sieve")]
    [InlineData("s3fifo")]
    [InlineData("arc")]
    [InlineData("lfu")]
    public void EveryPolicyRanksTheVictims(string policy)
    {
        List<TraceEvent> requests = Requests(8, 10_000, 200);
        using FullReplay lru = new(Options(40 * 8 * Page));
        requests.ForEach(e => lru.Apply(e));
        using FullReplay other = new(Options(40 * 8 * Page) with { Policy = policy });
        requests.ForEach(e => other.Apply(e));
        FullReplayResult result = other.Finish();
        Assert.Equal((0, 0L), (result.BrokenInvariants, result.Failures));
        Assert.NotEqual(lru.Finish().MissBytes, result.MissBytes); // It does decide otherwise.
    }

    [Fact]
    public void LivesAccessesAndPinsAreReplayed()
    {
        List<TraceEvent> events = [];
        for (ulong id = 1; id <= 20; id++)
        {
            events.Add(new TraceEvent { Kind = TraceKind.Create, ObjectId = id, SizeBytes = 8 * Page, Name = "x" });
            events.Add(new TraceEvent { Kind = TraceKind.CpuAccess, ObjectId = id, OffsetBytes = Page, SizeBytes = 2 * Page, Flags = TraceFlags.Write });
            events.Add(new TraceEvent { Kind = TraceKind.Use, ObjectId = id, SizeBytes = 8 * Page });
            events.Add(new TraceEvent { Kind = TraceKind.Submit, DurationNs = 1000 });
            events.Add(new TraceEvent { Kind = id % 2 == 0 ? TraceKind.Destroy : TraceKind.Pin, ObjectId = id });
        }

        using FullReplay replay = new(Options(16 * 8 * Page));
        events.ForEach(e => replay.Apply(e));
        FullReplayResult result = replay.Finish();
        Assert.Equal((20L, 20L, 0L, 0), (result.Objects, result.Jobs, result.Failures, result.BrokenInvariants));
        Assert.True(result.Faults >= 20, $"{result.Faults} faults");
        Assert.Equal(10 * 8 * Page, result.VramUsedBytes);
    }

    [Fact]
    public void AnObjectThatCanNeverFitIsAFailureAndNotAnEnd()
    {
        using FullReplay replay = new(Options(4 * Page, aperture: 4 * Page));
        replay.Apply(new TraceEvent { Kind = TraceKind.Use, ObjectId = 1, SizeBytes = 64 * Page });
        replay.Apply(new TraceEvent { Kind = TraceKind.Submit });
        replay.Apply(new TraceEvent { Kind = TraceKind.Use, ObjectId = 2, SizeBytes = Page });
        FullReplayResult result = replay.Finish();
        Assert.Equal((1L, 2L, 0), (result.Failures, result.Requests, result.BrokenInvariants));
        Assert.Equal(Page, result.VramUsedBytes);
    }

    [Fact]
    public void AtTheRecordedPaceTimePassesAsRecorded()
    {
        FullReplayResult result = Replay(Requests(6, 1_000, 20), 20 * 16 * Page, pace: ReplayPace.Recorded);
        Assert.InRange(result.SimulatedNs, 990_000_000, 1_100_000_000); // A millisecond between requests.
    }

    [Fact]
    public void ReadAheadItDoesTheSameAsEventByEvent()
    {
        // Enough for several batches, with objects that come and go while they are read ahead.
        List<TraceEvent> events = [];
        foreach (TraceEvent request in Requests(9, 5_000, 300))
        {
            events.Add(request);
            if (events.Count % 13 == 0)
            {
                events.Add(new TraceEvent { Kind = TraceKind.Destroy, ObjectId = events[^5].ObjectId });
            }
        }

        using FullReplay one = new(Options(40 * 8 * Page));
        events.ForEach(e => one.Apply(e));
        using FullReplay other = new(Options(40 * 8 * Page));
        FullReplayResult expected = one.Finish();
        Assert.Equal(expected, other.Run(new ListReader(events), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(DeviceState.Hash(one.Device, withBytes: false), DeviceState.Hash(other.Device, withBytes: false));
        Assert.True(expected is { BrokenInvariants: 0, Evictions: > 1000, Objects: > 300 }, expected.ToString());
    }

    [Fact]
    public void AnApertureThatIsNeverFullDecidesNothing()
    {
        FullReplayResult without = Replay(Options(40 * 8 * Page, aperture: 1ul << 30));
        FullReplayResult with = Replay(Options(40 * 8 * Page, aperture: 1ul << 30) with { ApertureAllocator = SpaceAllocatorKind.Range });
        Assert.Equal(with, without);
        Assert.True(with.Evictions > 1000, $"{with.Evictions} evictions");

        static FullReplayResult Replay(FullReplayOptions options)
        {
            using FullReplay replay = new(options);
            Requests(10, 10_000, 200).ForEach(e => replay.Apply(e));
            return replay.Finish();
        }
    }

    private static FullReplayResult Replay(
        List<TraceEvent> requests, ulong vram, SpaceAllocatorKind allocator = SpaceAllocatorKind.Range, string machine = "pcie3x16",
        ReplayPace pace = ReplayPace.AsFastAsPossible)
    {
        using FullReplay replay = new(Options(vram) with { Allocator = allocator, Machine = MachineProfile.Find(machine)!, Pace = pace });
        requests.ForEach(e => replay.Apply(e));
        return replay.Finish();
    }

    private static FullReplayOptions Options(ulong vram, ulong? aperture = null) => new()
    {
        Machine = MachineProfile.Find("pcie3x16")!,
        VramBytes = vram,
        ApertureBytes = aperture ?? vram,
        SystemBytes = 1ul << 32,
        JobUses = 4,
    };

    // Objects of 1 to 16 pages; some much more often than others.
    private static List<TraceEvent> Requests(ulong seed, int count, int objects)
    {
        Prng random = new(seed);
        List<TraceEvent> requests = [];
        for (int i = 0; i < count; i++)
        {
            ulong id = i < objects ? (ulong)i : random.Next() % (ulong)objects * (random.Next() % (ulong)objects) / (ulong)objects;
            requests.Add(new TraceEvent { Kind = TraceKind.Use, TimeNs = i * 1_000_000L, ObjectId = id + 1, SizeBytes = (1 + (id * 7 % 16)) * Page });
        }

        return requests;
    }
}
