using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

/// <summary>Whole runs from a seed: two clients, uploads, evictions, reads over the link, CPU accesses.</summary>
public sealed class RunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("agp8x", 1ul)]
    [InlineData("pcie4x16", 2ul)]
    [InlineData("rx6500xt", 3ul)]
    [InlineData("thunderbolt", 4ul)]
    public void BytesOverTheLinkAreTheBytesMovedReadAndTouched(string machine, ulong seed)
    {
        using SimulationBench bench = new(MachineProfile.Find(machine)!, vramPages: 64, backing: BackingKind.PageHeads);
        Totals totals = Play(bench, seed, frames: 300);
        DeviceStatistics moves = bench.Test.Device.Statistics;
        ulong up = bench.Machine.LinkUse(LinkDirection.ToDevice).Bytes;
        ulong down = bench.Machine.LinkUse(LinkDirection.ToHost).Bytes;
        ulong cpuUp = Sum(bench, LinkDirection.ToDevice);
        ulong cpuDown = Sum(bench, LinkDirection.ToHost);
        Assert.Equal((ulong)moves.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + totals.LinkReadBytes + cpuUp, up);
        Assert.Equal((ulong)moves.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + cpuDown, down);
        Assert.True(moves.Evictions > 50 && totals.LinkReadBytes > 0 && cpuUp > 0 && cpuDown > 0, "Every kind of transfer must occur.");
        bench.Log.AssertPossible(bench.Machine);
        AssertBusy(bench);
        bench.Test.AssertValid();
    }

    [Fact]
    public void NoJobStartsBeforeWhatItReadsHasArrived()
    {
        using SimulationBench bench = new(MachineProfile.Find("pcie3x8")!, vramPages: 64, backing: BackingKind.PageHeads);
        Play(bench, seed: 5, frames: 300);
        Dictionary<Fence, long> ends = bench.Log.Spans.Where(static s => s.Fence.Context is not null && s.Label.Activity != MachineActivity.CpuWait)
            .ToDictionary(static s => s.Fence, static s => s.EndNs);
        int waited = 0;
        foreach (MachineSpan span in bench.Log.Spans.Where(static s => s.WaitedFor.Context is not null))
        {
            waited++;
            Assert.Equal(ends[span.WaitedFor], span.ReadyNs);
            Assert.True(span.StartNs >= ends[span.WaitedFor]);
        }

        Assert.True(waited > 100);
    }

    [Fact]
    public void TwiceTheRateNeverMakesAFrameSlowerForAFixedSchedule()
    {
        // Each frame is one upload per texture on one copy engine, then a job that reads some over the link. Who queues
        // behind whom is fixed, so everything that begins earlier ends earlier.
        Gen<(int Pages, int Read, int Work)> frame = Gen.Select(Gen.Int[1, 64], Gen.Int[0, 100_000], Gen.Int[0, 100_000]);
        frame.Array[1, 30].Sample(
            frames =>
            {
                foreach (string name in (string[])["agp4x", "pcie1x16", "pcie4x8", "thunderbolt3"])
                {
                    Assert.True(LinkModels.TryGet(name, out LinkModel? link));
                    long[] once = Ends(link!, frames);
                    long[] twice = Ends(link!.Scaled(2), frames);
                    for (int i = 0; i < once.Length; i++)
                    {
                        Assert.True(twice[i] <= once[i], $"Frame {i} ends at {once[i]}, and with twice the rate of {name} at {twice[i]}.");
                    }
                }
            },
            iter: Deep.Is ? 10_000 : 200, threads: 1, writeLine: output.WriteLine);
    }

    // The same hash in Release and Debug, today and tomorrow; another one means that times have changed.
    [Theory]
    [InlineData("agp8x", 0x6726607435e0b678UL)]
    [InlineData("rtx4090", 0x3478e3f33ed74098UL)]
    public void ARunHasThePinnedHash(string machine, ulong expected)
    {
        ulong first = HashOf(machine);
        Assert.Equal(first, HashOf(machine));
        output.WriteLine($"{machine}: 0x{first:x16}");
        Assert.Equal(expected, first);
    }

    private static ulong HashOf(string machine)
    {
        using SimulationBench bench = new(MachineProfile.Find(machine)!, vramPages: 64, backing: BackingKind.PageHeads);
        Play(bench, seed: 7, frames: 200);
        ulong hash = 14695981039346656037;
        foreach (MachineSpan span in bench.Log.Spans)
        {
            foreach (long value in (long[])[span.Track, (long)span.Label.Activity, span.StartNs, span.EndNs, (long)span.LinkBytes])
            {
                hash = unchecked((hash ^ (ulong)value) * 1099511628211);
            }
        }

        return hash;
    }

    private static long[] Ends(LinkModel link, (int Pages, int Read, int Work)[] frames)
    {
        MachineProfile profile = MachineProfile.Find("pcie3x16")! with { Link = link };
        Machine machine = new(profile, new VirtualClock());
        List<Fence> fences = [];
        foreach ((int pages, int read, int work) in frames)
        {
            ulong sizeBytes = (ulong)pages * 4096;
            Fence copy = machine.CopyEngines[0].Queue.Submit(new JobDescription(link.OverheadNs(sizeBytes), link.StreamNs(sizeBytes), sizeBytes));
            Fence fence = machine.Render.Queue.Submit(new JobDescription(work), [copy]);

            // The read follows on the copy engine's own ring, so nobody shares the link: the order is the whole schedule.
            fences.Add(machine.CopyEngines[0].Queue.Submit(new JobDescription(0, link.StreamNs((ulong)read), (ulong)read), [fence]));
        }

        return [.. fences.Select(fence => machine.CompletionOf(fence).Nanoseconds)];
    }

    private static Totals Play(SimulationBench bench, ulong seed, int frames)
    {
        Prng prng = new(seed);
        SubmissionQueue game = bench.Client(new SubmissionOptions { Name = "game", ClientId = 1 });
        SubmissionQueue other = bench.Client(new SubmissionOptions
        {
            Name = "other",
            ClientId = 2,
            Priority = JobPriority.Background,
            Preferred = Placement.VramThenGtt,
        });
        BufferObject[] objects = [.. Enumerable.Range(0, 24).Select(i => bench.Test.Create(1 + prng.Below(8), Placement.Gtt, $"o{i}"))];
        ulong[] addresses = [.. objects.Select(o => o.Map(bench.Test.Space).StartAddress)];
        Fence[] shown = new Fence[2];
        byte[] bytes = new byte[4096];
        for (int frame = 0; frame < frames; frame++)
        {
            bench.Driver.WaitFence(shown[frame & 1]);
            bench.Clock.Advance(prng.Below(20_000));
            ulong address = addresses[prng.Below((uint)objects.Length)];
            Assert.Equal(MmStatus.Ok, frame % 3 == 0 ? bench.Test.Space.Read(address, bytes) : bench.Test.Space.Write(address, bytes));
            shown[frame & 1] = bench.Submit(game, prng.Below(30_000), Some(objects, 8, prng));
            if (frame % 2 == 0)
            {
                bench.Submit(other, prng.Below(30_000), Some(objects, 4, prng));
            }
        }

        bench.Drain();
        return new Totals((ulong)(game.LinkReadBytes + other.LinkReadBytes));
    }

    private static TextureUse[] Some(BufferObject[] objects, int count, Prng prng)
    {
        int first = (int)prng.Below((uint)objects.Length);
        int step = 1 + (int)prng.Below(2);
        return [.. Enumerable.Range(0, count).Select(i => objects[(first + (i * step)) % objects.Length]).Select(static o => new TextureUse(o, o.SizeBytes / 2))];
    }

    private static ulong Sum(SimulationBench bench, LinkDirection direction) => bench.Log.Spans
        .Where(s => s.Track == bench.Machine.CpuTrack && s.Direction == direction)
        .Aggregate(0ul, static (sum, s) => sum + s.LinkBytes);

    private static void AssertBusy(SimulationBench bench)
    {
        Assert.All(
            [bench.Machine.Render, .. bench.Machine.CopyEngines],
            engine => Assert.Equal(bench.Log.Of(engine.Track).Sum(static s => s.EndNs - s.StartNs), engine.WorkedTime.Nanoseconds));
        Assert.True(bench.Machine.LinkUse(LinkDirection.ToDevice).BusyNs <= bench.Clock.Now.Nanoseconds);
    }

    private readonly record struct Totals(ulong LinkReadBytes);
}
