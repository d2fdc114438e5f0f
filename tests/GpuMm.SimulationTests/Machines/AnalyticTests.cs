using System;
using System.Linq;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

/// <summary>Cases that can be worked out by hand, to the nanosecond.</summary>
public sealed class AnalyticTests
{
    private const long Page = 4096;

    [Fact]
    public void TwoStreamsOneWayShareTheLinkAndTwoWaysDoNot()
    {
        Machine machine = new(SimulationBench.OneBytePerNs, new VirtualClock());
        Fence up = machine.CopyEngines[0].Queue.Submit(new JobDescription(0, 1000, 1000));
        Fence read = machine.Render.Queue.Submit(new JobDescription(500, 300, 300));
        Fence down = machine.CopyEngines[1].Queue.Submit(new JobDescription(0, 1000, 1000, LinkDirection.ToHost));

        // From 500 on both stream at half speed: 300 take 600, and the copy has 500 - 300 = 200 left then.
        Assert.Equal(new SimTime(1_100), machine.CompletionOf(read));
        Assert.Equal(new SimTime(1_300), machine.CompletionOf(up));
        Assert.Equal(new SimTime(1_000), machine.CompletionOf(down));
        machine.Clock.Advance(1_300);
        Assert.Equal(new LinkUse(1_300, 2, 1_300), machine.LinkUse(LinkDirection.ToDevice));
        Assert.Equal(new LinkUse(1_000, 1, 1_000), machine.LinkUse(LinkDirection.ToHost));
    }

    [Fact]
    public void OnAHalfDuplexLinkBothWaysShare()
    {
        LinkModel link = SimulationBench.OneBytePerNs.Link with { IsFullDuplex = false };
        Machine machine = new(SimulationBench.OneBytePerNs with { Link = link }, new VirtualClock());
        Fence up = machine.CopyEngines[0].Queue.Submit(new JobDescription(0, 1000, 1000));
        Fence down = machine.CopyEngines[1].Queue.Submit(new JobDescription(0, 1000, 1000, LinkDirection.ToHost));
        Assert.Equal(new SimTime(2_000), machine.CompletionOf(up));
        Assert.Equal(new SimTime(2_000), machine.CompletionOf(down));
    }

    [Fact]
    public void ThreeStreamsGetAThirdEachWhoeverLooksInBetween()
    {
        Machine machine = new(SimulationBench.OneBytePerNs, new VirtualClock());
        EngineQueue[] queues = [machine.Render.Queue, machine.CopyEngines[0].Queue, machine.CopyEngines[1].Queue];
        Fence[] fences = [.. queues.Select(static queue => queue.Submit(new JobDescription(0, 100, 100)))];
        for (int i = 0; i < 299; i++)
        {
            machine.Clock.Advance(1);
            machine.LinkUse(LinkDirection.ToDevice);
        }

        Assert.DoesNotContain(fences, static fence => fence.IsSignaled);
        machine.Clock.Advance(1);
        Assert.All(fences, static fence => Assert.True(fence.IsSignaled));
    }

    [Fact]
    public void AnUploadAndAnEvictionOverlapWithTwoCopyEngines()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 4);
        SubmissionQueue queue = bench.Client();
        BufferObject first = bench.Test.Create(2, Placement.Gtt, "first");
        BufferObject second = bench.Test.Create(2, Placement.Gtt, "second");
        BufferObject third = bench.Test.Create(4, Placement.Gtt, "third");
        bench.Submit(queue, 0, new TextureUse(first, 0), new TextureUse(second, 0));
        bench.Drain();
        Assert.Equal(new SimTime(2 * (100 + (2 * Page))), bench.Clock.Now);

        // The third needs all of the memory: two evictions, one after the other, then the upload into what they left.
        long start = bench.Clock.Now.Nanoseconds;
        Fence fence = bench.Submit(queue, 0, new TextureUse(third, 0));
        bench.Drain();
        Assert.Equal(start + (2 * (100 + (2 * Page))) + 100 + (4 * Page), bench.SpanOf(fence).EndNs);
        Assert.Equal(4ul * Page, bench.Machine.LinkUse(LinkDirection.ToHost).Bytes);
    }

    [Fact]
    public void AForegroundJobGoesBeforeQueuedBackgroundJobsButInterruptsNone()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 4);
        SubmissionQueue background = bench.Client(new SubmissionOptions { Name = "encoder", ClientId = 2, Priority = JobPriority.Background });
        SubmissionQueue foreground = bench.Client(new SubmissionOptions { Name = "game", ClientId = 1 });
        Fence running = bench.Submit(background, 1_000);
        Fence queued = bench.Submit(background, 1_000);
        Fence game = bench.Submit(foreground, 10);
        Assert.Equal(new SimTime(1_010), bench.Driver.CompletionOf(game));
        Assert.Equal(new SimTime(2_010), bench.Driver.CompletionOf(queued));
        bench.Drain();
        Assert.Equal((0L, 1_000L, 1_010L), (bench.SpanOf(running).StartNs, bench.SpanOf(game).StartNs, bench.SpanOf(queued).StartNs));
        Assert.Equal((2, 1), (bench.SpanOf(queued).Label.ClientId, bench.SpanOf(game).Label.ClientId));
    }

    [Fact]
    public void AClientThatWaitsForItsUploadDoesNotHoldUpAnother()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 4);
        BufferObject texture = bench.Test.Create(2, Placement.Gtt);
        Fence slow = bench.Submit(bench.Client(), 500, new TextureUse(texture, 0));
        Fence quick = bench.Submit(bench.Client(), 500);
        bench.Drain();
        Assert.Equal(0, bench.SpanOf(quick).StartNs);
        MachineSpan span = bench.SpanOf(slow);
        Assert.Equal((100 + (2 * Page), 100 + (2 * Page) + 500), (span.ReadyNs, span.EndNs));
        Assert.Same(bench.Driver.Copy.Timeline, span.WaitedFor.Context);
    }

    [Fact]
    public void TheProcessorSharesTheLinkWithACopy()
    {
        MachineProfile machine = SimulationBench.OneBytePerNs with { CpuWriteCombined = new Bandwidth(0, 1_000_000_000_000) };
        using SimulationBench bench = new(machine, vramPages: 16);
        BufferObject seen = bench.Test.Create(1, Placement.Vram);
        BufferObject moved = bench.Test.Create(2, Placement.Gtt);
        ulong address = seen.Map(bench.Test.Space).StartAddress;
        bench.Test.Space.Write(address, [1]);
        bench.Drain();
        Fence fence = bench.Submit(bench.Client(), 0, new TextureUse(moved, 0));
        bench.Clock.Advance(100);
        long start = bench.Clock.Now.Nanoseconds;
        bench.Test.Space.Write(address, new byte[1000]);
        Assert.Equal(start + 2_000, bench.Clock.Now.Nanoseconds);
        bench.Drain();
        Assert.Equal(start + (2 * Page) + 1_000, bench.SpanOf(fence).EndNs);
    }

    [Fact]
    public void OnDemandEachObjectThatHadToComeCostsAFarFault()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 8);
        SubmissionQueue queue = bench.Client(new SubmissionOptions { OnDemand = true });
        TextureUse[] uses = [new(bench.Test.Create(1, Placement.Gtt), 10), new(bench.Test.Create(1, Placement.Gtt), 10)];
        Fence cold = bench.Submit(queue, 0, uses);
        bench.Drain();
        Assert.Equal((2 * 45_000) + 20, bench.SpanOf(cold).AloneNs);
        Fence warm = bench.Submit(queue, 0, uses);
        bench.Drain();
        Assert.Equal(20, bench.SpanOf(warm).AloneNs);
        Assert.Equal(2, queue.FarFaultCount);
    }

    [Fact]
    public void AGroupGrowsYoungTogether()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 3);
        Reservation shared = new();
        BulkMove group = new(bench.Test.Device, shared);
        BufferObject[] members = new BufferObject[2];
        shared.Lock();
        for (int i = 0; i < 2; i++)
        {
            OperationContext context = default;
            BufferObjectDescription description = new(4096, $"member{i}", SharedReservation: shared);
            Assert.Equal(MmStatus.Ok, bench.Test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? made));
            members[i] = made!;
            made!.SetBulkMove(group);
        }

        shared.Unlock();
        BufferObject single = bench.Test.Create(1, Placement.Vram, "single");
        bench.Submit(bench.Client(), 10, new TextureUse(members[0], 0));
        bench.Drain();
        bench.Test.Create(1, Placement.Vram, "newcomer");

        // The single one was the youngest; now both members are, though only one was used.
        Assert.Equal(MemoryDomain.Gtt, bench.Test.DomainOf(single));
        Assert.All(members, member => Assert.Equal(MemoryDomain.Vram, bench.Test.DomainOf(member)));
        bench.Test.AssertValid();
    }

    [Fact]
    public void AnEmptyBudgetLeavesObjectsWhereTheyAre()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 8);
        BufferObject filler = bench.Test.Create(8, Placement.Vram, "filler");
        filler.Reserve();
        filler.Pin();
        filler.Unreserve();
        SubmissionQueue queue = bench.Client(new SubmissionOptions { Budget = new MoveBudget(1_000_000_000) });
        BufferObject texture = bench.Test.Create(2, Placement.Gtt);
        bench.Submit(queue, 0, new TextureUse(texture, 64));
        Assert.Equal((1, 64L), (queue.ThrottledCount, queue.LinkReadBytes));
        Assert.Equal(MemoryDomain.Gtt, bench.Test.DomainOf(texture));
    }

    [Fact]
    public void AFullRingMakesItsClientWaitForTheOldestJob()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 8);
        SubmissionQueue queue = bench.Client(new SubmissionOptions { MaxPendingJobs = 2 });
        bench.Submit(queue, 100);
        bench.Submit(queue, 100);
        Assert.Equal(SimTime.Zero, bench.Clock.Now);
        bench.Submit(queue, 100);
        Assert.Equal(new SimTime(100), bench.Clock.Now);
        Assert.Equal(2, queue.Ring.PendingCount);
    }

    [Fact]
    public void AWaitEndsAtItsLimit()
    {
        using SimulationBench bench = new(SimulationBench.OneBytePerNs, vramPages: 8);
        Fence fence = bench.Submit(bench.Client(), 1_000);
        Assert.Equal(MmStatus.Busy, bench.Driver.WaitFence(fence, 400, interrupt: null));
        Assert.Equal(new SimTime(400), bench.Clock.Now);
        Assert.Equal(MmStatus.Ok, bench.Driver.WaitFence(fence, 600, interrupt: null));
        Assert.Equal(new SimTime(1_000), bench.Clock.Now);
    }

    [Fact]
    public void AFenceOfAnotherMachineIsRefusedAndNothingIsQueued()
    {
        Machine machine = new(SimulationBench.OneBytePerNs, new VirtualClock());
        Fence stranger = new FenceContext("stranger").Issue();
        Assert.Throws<ArgumentException>(() => machine.Render.Queue.Submit(new JobDescription(10), [stranger]));
        Assert.Throws<ArgumentException>(() => machine.CompletionOf(stranger));
        Assert.Throws<ArgumentOutOfRangeException>(() => machine.Render.Queue.Submit(new JobDescription(-1)));
        Assert.Equal(0, machine.Render.Queue.PendingCount);
    }

    [Fact]
    public void TheNumberOfQueuesHasALimitThatIsTold()
    {
        Machine machine = new(SimulationBench.OneBytePerNs, new VirtualClock());
        int made = 0;
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() =>
        {
            while (made <= Machine.MaxQueues)
            {
                machine.CreateQueue(machine.Render, $"q{made++}", JobPriority.Normal);
            }
        });
        Assert.Contains("at most 256", failure.Message, StringComparison.Ordinal);
    }
}
