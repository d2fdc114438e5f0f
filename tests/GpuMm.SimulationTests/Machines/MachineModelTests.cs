using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Fences;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

/// <summary>The machine against the naive one: every start and every end, to the nanosecond.</summary>
public sealed class MachineModelTests(ITestOutputHelper output)
{
    private const int Queues = 5;

    private static readonly Gen<Call> s_call =
        from queue in Gen.Int[0, Queues - 1]
        from fixedNs in Gen.Frequency((1, Gen.Const(0L)), (3, Gen.Long[1, 60]))
        from linkNs in Gen.Frequency((1, Gen.Const(0L)), (2, Gen.Long[1, 60]))
        from direction in Gen.Int[0, 1]
        from notBefore in Gen.Frequency((4, Gen.Const(0L)), (1, Gen.Long[0, 400]))
        from after in Gen.Int[0, 30].Array[0, 3]
        from wait in Gen.Frequency((3, Gen.Const(0L)), (2, Gen.Long[1, 50]))
        select new Call(queue, fixedNs, linkNs, direction, notBefore, after, wait);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StartsAndEndsAreThoseOfTheNaiveMachine(bool isFullDuplex)
    {
        int shared = 0;
        int waited = 0;
        s_call.Array[1, 40].Sample(
            calls =>
            {
                SpanLog log = Play(calls, isFullDuplex);
                shared += log.Spans.Count(static s => s.EndNs - s.StartNs > s.AloneNs);
                waited += log.Spans.Count(static s => s.WaitedFor.Context is not null);
            },
            iter: Deep.Is ? 20_000 : 200, threads: 1, writeLine: output.WriteLine);
        output.WriteLine($"{shared} jobs shared the link, {waited} waited for a fence");
        Assert.True(shared > 100, "Some jobs must share the link, or the test tells little.");
        Assert.True(waited > 100, "Some jobs must wait for others, or the test tells little.");
    }

    private static SpanLog Play(Call[] calls, bool isFullDuplex)
    {
        LinkModel link = new() { Name = "test", BytesPerSecond = 1_000_000_000, IsFullDuplex = isFullDuplex };
        Machine machine = new(MachineProfile.Find("pcie4x16")! with { Link = link, CopyEngines = 2 }, new VirtualClock());
        NaiveMachine naive = new(isFullDuplex);
        EngineQueue[] queues =
        [
            machine.Render.Queue,
            machine.CreateQueue(machine.Render, "background", JobPriority.Background),
            machine.CreateQueue(machine.Render, "other", JobPriority.Normal),
            machine.CopyEngines[0].Queue,
            machine.CopyEngines[1].Queue,
        ];
        SpanLog log = new();
        machine.AddObserver(log);
        List<Fence> fences = [];
        foreach (Call call in calls)
        {
            EngineQueue queue = queues[call.Queue];
            int[] after = [.. call.After.Where(index => index < fences.Count)];
            long notBefore = call.NotBefore == 0 ? 0 : machine.Clock.Now.Nanoseconds + call.NotBefore;
            JobDescription job = new(call.FixedNs, call.LinkNs, (ulong)call.LinkNs, (LinkDirection)call.Direction, NotBeforeNs: notBefore);
            fences.Add(queue.Submit(job, [.. after.Select(index => fences[index])]));
            naive.Add(queue.Engine.Track, call.Queue, (int)queue.Priority, call.FixedNs, call.LinkNs, call.Direction, notBefore, after);
            Compare(fences, naive);
            machine.Clock.Advance(call.Wait);
            naive.Advance(call.Wait);
            Compare(fences, naive);
        }

        // What is forecast now comes true when nobody adds anything.
        long[] forecast = [.. fences.Select(fence => machine.CompletionOf(fence).Nanoseconds)];
        while (machine.NextEventNs != long.MaxValue)
        {
            long step = machine.NextEventNs - machine.Clock.Now.Nanoseconds;
            machine.Clock.Advance(step);
            naive.Advance(step);
            Compare(fences, naive);
        }

        Assert.Equal(fences.Count, log.Spans.Count);
        for (int i = 0; i < fences.Count; i++)
        {
            MachineSpan span = log.Spans.Single(s => s.Fence == fences[i]);
            Assert.Equal((naive.StartOf(i), naive.EndOf(i)), (span.StartNs, span.EndNs));
            Assert.Equal(forecast[i], span.EndNs);
            Assert.True(fences.Count > 60 || machine.CompletionOf(fences[i]).Nanoseconds == span.EndNs);
        }

        log.AssertPossible(machine);
        return log;
    }

    private static void Compare(List<Fence> fences, NaiveMachine naive)
    {
        for (int i = 0; i < fences.Count; i++)
        {
            Assert.Equal(naive.EndOf(i) is not null, fences[i].IsSignaled);
        }
    }

    private sealed record Call(int Queue, long FixedNs, long LinkNs, int Direction, long NotBefore, int[] After, long Wait);
}
