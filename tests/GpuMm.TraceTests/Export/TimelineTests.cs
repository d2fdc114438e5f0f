using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Export;

/// <summary>Both timelines say the same: they are one walk in two spellings.</summary>
public sealed class TimelineTests
{
    private static readonly TraceEvent[] s_run =
    [
        new() { Kind = TraceKind.Submit, TimeNs = 1000, RelatedId = 1, OffsetBytes = 9, Name = "gfx" },
        new() { Kind = TraceKind.Submit, TimeNs = 2000, RelatedId = 2, OffsetBytes = 9, Name = "gfx" },
        new() { Kind = TraceKind.Submit, TimeNs = 2500, RelatedId = 1, OffsetBytes = 4, DurationNs = 700, Name = "sdma0" },
        new() { Kind = TraceKind.Signal, TimeNs = 5000, RelatedId = 1, OffsetBytes = 9, Name = "gfx" },
        new() { Kind = TraceKind.Signal, TimeNs = 6000, RelatedId = 2, OffsetBytes = 9, Name = "gfx" },
        new() { Kind = TraceKind.Signal, TimeNs = 6100, RelatedId = 77, OffsetBytes = 9, Name = "gfx" },
        new() { Kind = TraceKind.Move, TimeNs = 7000, DurationNs = 500, ObjectId = 1, SizeBytes = 4096, From = MemoryDomain.System, To = MemoryDomain.Vram },
        new() { Kind = TraceKind.Move, TimeNs = 7100, DurationNs = 500, ObjectId = 2, SizeBytes = 4096, From = MemoryDomain.System, To = MemoryDomain.Vram },
        new() { Kind = TraceKind.Wait, TimeNs = 9000, DurationNs = 1000 },
        new() { Kind = TraceKind.Wait, TimeNs = 9400, DurationNs = 1000 },
        new() { Kind = TraceKind.Usage, TimeNs = 9500, SizeBytes = 11, To = MemoryDomain.Vram, Name = "segments" },
        new() { Kind = TraceKind.Usage, TimeNs = 9600, SizeBytes = 12, To = MemoryDomain.Vram, Name = "device" },
        new() { Kind = TraceKind.Use, TimeNs = 9700, ObjectId = 1, SizeBytes = 4096 },
        new() { Kind = TraceKind.Submit, TimeNs = 9800, RelatedId = 3, OffsetBytes = 9, Name = "gfx" },
    ];

    // Engine, start and length. The second job waits for the first, the second copy too and keeps its length; what is left of a
    // wait keeps its end; nobody signals the last job.
    private static readonly (string, long, long)[] s_slices =
    [
        ("copy engine", 7000, 500), ("copy engine", 7500, 500), ("gfx", 1000, 4000), ("gfx", 5000, 1000), ("gfx", 9800, 0),
        ("sdma0", 2500, 700), ("waits", 8000, 1000), ("waits", 9000, 400),
    ];

    [Fact]
    public void ChromeHasATrackForEachEngineAndJobsLastUntilTheirSignal()
    {
        using JsonDocument document = JsonDocument.Parse(ExportTests.Write("chrome", s_run));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Dictionary<int, string> tracks = events.Where(static e => e.GetProperty("name").GetString() == "thread_name")
            .ToDictionary(static e => e.GetProperty("tid").GetInt32(), static e => e.GetProperty("args").GetProperty("name").GetString()!);
        Assert.Equal(s_slices, events.Where(static e => e.GetProperty("ph").GetString() == "X")
            .Select(e => (tracks[e.GetProperty("tid").GetInt32()], Ns(e, "ts"), Ns(e, "dur"))).Order());
        Assert.Equal([11, 12], events.Where(static e => e.GetProperty("name").GetString() is "segments" or "device").Select(static e => e.GetProperty("args").GetProperty("vram").GetInt32()));
    }

    [Fact]
    public void PerfettoHasTheSameSlicesAndACounterForEachReport()
    {
        List<WireMessage> packets = [.. WireMessage.Parse(ExportTests.Write("perfetto", s_run)).Fields(1)];
        Dictionary<ulong, string> tracks = packets.SelectMany(static p => p.Fields(60)).ToDictionary(static t => t.Number(1), static t => t.Text(2));
        List<(string Track, long Time, ulong Type)> events =
            [.. packets.SelectMany(p => p.Fields(11).Select(e => (tracks[e.Number(11)], (long)p.Number(8), e.Number(9))))];
        Assert.Equal(s_slices, events.Where(static e => e.Type == 1).Zip(
            events.Where(static e => e.Type == 2), static (begin, end) => (begin.Track, begin.Time, end.Time - begin.Time)).Order());
        Assert.Equal(["reported usage: device", "reported usage: segments"], tracks.Values.Where(static t => t.StartsWith("reported", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("chrome", 10)] // Signals are the ends of slices; a use has none.
    [InlineData("perfetto", 10)]
    [InlineData("ftrace", 14)]
    [InlineData("oracle", 1)]
    [InlineData("csv", 14)]
    public void AWriterTellsHowManyEventsItHasAFormFor(string format, long expected)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-{Guid.NewGuid():n}");
        try
        {
            using ITraceWriter writer = TraceFiles.Create(path, format);
            Array.ForEach(s_run, e => writer.Write(e));
            writer.Complete();

            Assert.Equal(expected, writer.Written);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void EndsOfObjectsAndMappingsWithoutOneSurviveKernelText()
    {
        TraceEvent[] run =
        [
            new() { Kind = TraceKind.Create, TimeNs = 0, ObjectId = 1, SizeBytes = 8192, To = MemoryDomain.Vram, From = MemoryDomain.Gtt },
            new() { Kind = TraceKind.GpuMap, TimeNs = 10, OffsetBytes = 1 << 20, SizeBytes = 16384 },
            new() { Kind = TraceKind.Destroy, TimeNs = 20, ObjectId = 1, SizeBytes = 8192 },
            new() { Kind = TraceKind.Create, TimeNs = 30, ObjectId = 2, SizeBytes = 4096, To = MemoryDomain.Vram, From = MemoryDomain.Gtt },
        ];
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(ExportTests.Write("ftrace", run)), "run.txt");
        Assert.Equal(run, Trace.ReadAll(reader));
    }

    private static long Ns(JsonElement e, string property) => (long)(e.GetProperty(property).GetDecimal() * 1000);
}
