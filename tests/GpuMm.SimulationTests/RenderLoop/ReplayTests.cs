using System;
using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Workloads;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class ReplayTests
{
    private const ulong MiB = 1ul << 20;

    [Fact]
    public void ARecordingIsDoneAgainFrameByFrame()
    {
        DemoReport report = Run(Events(frames: 40, marks: true), vramBytes: 16 * MiB);
        Assert.Equal(40, report.Summary.Frames);
        Assert.True(report.Summary.Evictions > 20);
        Assert.True(report.Summary.Faults > 0);
        Assert.Equal(40 * (1 + 3 + 1), report.Workload!.EventsReplayed - 12 - 1); // Per frame: access, uses, mark; creations; one destruction.
        Assert.Equal(1, report.Workload.EventsSkipped);
        Assert.Equal(report.Hash, Run(Events(frames: 40, marks: true), 16 * MiB).Hash);
        Assert.Equal(0, Run(Events(frames: 40, marks: true), 64 * MiB).Summary.Evictions);
    }

    [Fact]
    public void WithoutMarksAFrameIsASixtiethOfASecondAndPaceIsKept()
    {
        DemoReport report = Run(Events(frames: 40, marks: false), 16 * MiB);
        Assert.InRange(report.Summary.Frames, 40, 42);
        Assert.InRange(report.Summary.SimulatedNs, 300_000_000, 900_000_000);
    }

    [Fact]
    public void TheFactsOfARecordingAreThoseOfItsEvents()
    {
        RecordingFacts facts = Facts(Events(frames: 5, marks: true));
        Assert.Equal((5, 0, 12, 15), (facts.FrameMarks, facts.Jobs, facts.Objects, facts.Uses));
        Assert.Equal((24 * MiB, 2 * MiB), (facts.PeakBytes, facts.LargestBytes));
        Assert.Equal(FrameBoundary.FrameMark, facts.Boundary);
    }

    [Fact]
    public void ARecordingWhoseLargestObjectDoesNotFitIsRefusedBeforeTheRun()
    {
        DemoOptions options = Options(Events(2, true), MiB);
        string? problem = options.Problem(SceneLoader.Load(options.Scene, 1));
        Assert.Equal("--vram 1 MiB is smaller than the largest object of test (2 MiB): give at least 2 MiB.", problem);
    }

    // Twelve objects of 2 MiB; each frame writes one and uses three.
    private static TraceEvent[] Events(int frames, bool marks)
    {
        List<TraceEvent> events = [];
        for (ulong id = 1; id <= 12; id++)
        {
            events.Add(new TraceEvent { Kind = TraceKind.Create, ObjectId = id, SizeBytes = 2 * MiB, Name = $"buffer {id}" });
        }

        for (int frame = 0; frame < frames; frame++)
        {
            long time = frame * 16_666_667L;
            ulong first = ((ulong)frame * 3 % 12) + 1;
            events.Add(new TraceEvent { Kind = TraceKind.CpuAccess, TimeNs = time, ObjectId = first, OffsetBytes = 4096, SizeBytes = 8192, Flags = TraceFlags.Write });
            for (ulong i = 0; i < 3; i++)
            {
                events.Add(new TraceEvent { Kind = TraceKind.Use, TimeNs = time, ObjectId = first + i, SizeBytes = MiB });
            }

            if (marks)
            {
                events.Add(new TraceEvent { Kind = TraceKind.Frame, TimeNs = time, RelatedId = (ulong)frame });
            }
        }

        events.Add(new TraceEvent { Kind = TraceKind.Evict, TimeNs = frames * 16_666_667L, ObjectId = 3, RelatedId = 4 });
        events.Add(new TraceEvent { Kind = TraceKind.Destroy, TimeNs = frames * 16_666_667L, ObjectId = 1 });
        if (marks)
        {
            // Nothing is left open behind the last mark.
            (events[^1], events[^3]) = (events[^3], events[^1]);
        }

        return [.. events];
    }

    private static RecordingFacts Facts(TraceEvent[] events)
    {
        using ListReader reader = new(events);
        return RecordingFacts.Read("test", reader);
    }

    private static DemoOptions Options(TraceEvent[] events, ulong vramBytes) => DemoOptions.For(SceneDescription.Find("sponza")!) with
    {
        Workload = WorkloadKind.Replay,
        Recording = new Recording(Facts(events), () => new ListReader(events)),
        VramBytes = vramBytes,
        Frames = 1000,
        Backing = BackingKind.PageHeads,
    };

    private static DemoReport Run(TraceEvent[] events, ulong vramBytes)
    {
        DemoOptions options = Options(events, vramBytes);
        return DemoRun.Run(SceneLoader.Load(options.Scene, 1), options);
    }

    private sealed class ListReader(TraceEvent[] events) : ITraceReader
    {
        private int _next;

        public TraceDescription Description { get; } = new() { Format = "list" };

        public string? Warning => null;

        public double Progress => _next / (double)events.Length;

        public int Read(Span<TraceEvent> batch)
        {
            int count = Math.Min(Math.Min(batch.Length, 7), events.Length - _next);
            events.AsSpan(_next, count).CopyTo(batch);
            _next += count;
            return count;
        }

        public void Dispose()
        {
        }
    }
}
