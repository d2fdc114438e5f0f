using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Each importer on a recording that the tool itself made, or that is written in its print format.</summary>
public sealed class ImportTests
{
    [Theory]
    [InlineData("medium_128_inference.events.csv", "pytorch-csv")]
    [InlineData("medium_128_training.events.csv.zst", "pytorch-csv")]
    [InlineData("medium_128_inference.p4.pickle", "pytorch")]
    [InlineData("medium_128_inference_head.p2.pickle", "pytorch")]
    [InlineData("sample_trace.rmv", "rmv")]
    [InlineData("amdgpu_gpu_events.txt", "ftrace")]
    [InlineData("amdgpu_bugs.txt", "ftrace")]
    [InlineData("xe_i915.txt", "ftrace")]
    [InlineData("triangle.gfxr.jsonl", "gfxr")]
    [InlineData("vma_calls.csv", "vma")]
    [InlineData("requests.csv", "csv")]
    [InlineData("zipf1_200k.oracleGeneral.bin.zst", "oracle")]
    [InlineData("zipf1_20k.oracleGeneral.bin", "oracle")]
    public void TheFormatIsFoundByContent(string file, string format)
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf(file));
        Assert.Equal(format, reader.Description.Format);
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.NotEmpty(events);
        Assert.Equal(1, reader.Progress);
    }

    [Fact]
    public void EveryReaderHandsOutObjectsInOrder()
    {
        foreach (string path in Directory.EnumerateFiles(Samples.PathOf("")).Where(static p => TraceFilesOf(p)))
        {
            using ITraceReader reader = TraceFiles.Open(path);
            HashSet<ulong> ended = [];
            HashSet<ulong> begun = [];
            foreach (TraceEvent e in Trace.ReadAll(reader))
            {
                if (e.Kind == TraceKind.Create)
                {
                    Assert.True(begun.Add(e.ObjectId), $"{path}: object {e.ObjectId} begins twice.");
                }
                else if (e.Kind == TraceKind.Destroy)
                {
                    Assert.True(begun.Contains(e.ObjectId) && ended.Add(e.ObjectId), $"{path}: object {e.ObjectId} ends without a beginning, or twice.");
                }
                else if (e.Kind is TraceKind.Use && begun.Count > 0)
                {
                    Assert.DoesNotContain(e.ObjectId, ended);
                    Assert.Contains(e.ObjectId, begun);
                }
            }
        }
    }

    [Fact]
    public void OracleGeneralGivesTheRequestsOfItsRecords()
    {
        using ITraceReader plain = TraceFiles.Open(Samples.PathOf("zipf1_20k.oracleGeneral.bin"));
        Assert.Equal(20_000, plain.Description.EventCount);
        List<TraceEvent> events = Trace.ReadAll(plain, 1000);
        using ITraceReader whole = TraceFiles.Open(Samples.PathOf("zipf1_200k.oracleGeneral.bin.zst"));
        List<TraceEvent> all = Trace.ReadAll(whole, 999);
        Assert.Equal(200_000, all.Count);
        Assert.Equal(events, all.Take(20_000));
        Assert.All(events, static e => Assert.Equal(TraceKind.Use, e.Kind));

        // The next access of each record is what a look ahead finds.
        Dictionary<ulong, ulong> next = [];
        for (int i = all.Count - 1; i >= 0; i--)
        {
            Assert.Equal(next.GetValueOrDefault(all[i].ObjectId), all[i].RelatedId);
            next[all[i].ObjectId] = (ulong)i + 1;
        }
    }

    [Fact]
    public void PyTorchEventsKeepTheirFigures()
    {
        // 1,280 allocations of 2.85 GB, peak 35.7 MB above the start: counted from the file when it was recorded.
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("medium_128_inference.events.csv"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal(1280, events.Count(static e => e.Kind == TraceKind.Create));
        Assert.Equal(1280, events.Count(static e => e.Kind == TraceKind.Destroy));
        Assert.Equal(2560, events.Count(static e => e.Kind == TraceKind.Use && (e.Flags & TraceFlags.Inferred) != 0));
        Assert.InRange(events.Where(static e => e.Kind == TraceKind.Create).Sum(static e => (double)e.SizeBytes), 2.84e9, 2.86e9);
        Assert.InRange(Peak(events), 35.6e6, 35.8e6);
        Assert.Contains("inferred", reader.Description.Properties["accesses"], StringComparison.Ordinal);
    }

    [Fact]
    public void APickledSnapshotSaysTheSameAsItsTable()
    {
        using ITraceReader table = TraceFiles.Open(Samples.PathOf("medium_128_inference.events.csv"));
        List<TraceEvent> expected = Trace.ReadAll(table);
        using ITraceReader pickle = TraceFiles.Open(Samples.PathOf("medium_128_inference.p4.pickle"));
        List<TraceEvent> events = Trace.ReadAll(pickle);

        // First the block that was alive all the time, known from the segments alone.
        Assert.Equal((TraceKind.Create, TraceFlags.Inferred, 2_000_000ul), (events[0].Kind, events[0].Flags, events[0].SizeBytes));
        Assert.Equal(
            expected.Select(static e => (e.TimeNs, e.Kind, e.SizeBytes, e.OffsetBytes, e.Flags)),
            events.Skip(1).Select(static e => (e.TimeNs, e.Kind, e.SizeBytes, e.OffsetBytes, e.Flags)));
        Assert.Contains(events, static e => e.Name == "forward");
    }

    [Fact]
    public void APickleThatWouldRunCodeIsRefused()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("runs_code.pickle"));
        TraceFormatException failure = Assert.Throws<TraceFormatException>(() => Trace.ReadAll(reader));
        Assert.Contains("may run code", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Offset, 1, 64);
    }

    [Fact]
    public void RadeonTracesKeepTheirFigures()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("sample_trace.rmv"));
        List<TraceEvent> events = Trace.ReadAll(reader, 500);
        Assert.Equal(489, events.Count(static e => e.Kind == TraceKind.Create));
        Assert.Equal(468, events.Count(static e => e.Kind == TraceKind.Destroy));
        Assert.Equal(4_034_342_912, Peak(events));
        Assert.Equal(1188, events.Count(static e => e.Kind == TraceKind.Bind));
        Assert.Equal(502, events.Count(static e => e.Kind is TraceKind.Map or TraceKind.Unmap));
        Assert.Equal(18_805, events.Count(static e => e.Kind is TraceKind.GpuMap or TraceKind.GpuUnmap or TraceKind.Move));
        Assert.InRange(events.Max(static e => e.TimeNs) / 1e9, 33.0, 34.0);
        Assert.Contains("RX 6600", reader.Description.Properties["adapter"], StringComparison.Ordinal);
        Assert.Equal("268435456", reader.Description.Properties["segment_local_bytes"]);
        Assert.DoesNotContain(events, static e => e.Name is { } name && name.Contains(".exe", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void KernelTextOfAmdgpuIsRead()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("amdgpu_gpu_events.txt"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal(340, events.Count(static e => e.Kind == TraceKind.Submit));
        Assert.Equal(723, events.Count(static e => e.Kind == TraceKind.Signal));
        Assert.Equal(109, events.Count(static e => e.Kind == TraceKind.Frame));
        TraceEvent[] moves = [.. events.Where(static e => e.Kind == TraceKind.Move)];
        Assert.Equal(2, moves.Length);
        Assert.Equal((MemoryDomain.System, MemoryDomain.Vram, 1_048_576ul), (moves[0].From, moves[0].To, moves[0].SizeBytes));
        Assert.Null(reader.Warning);
    }

    [Fact]
    public void TwoBugsOfTheKernelAreSurvived()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("amdgpu_bugs.txt"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        TraceEvent[] moves = [.. events.Where(static e => e.Kind == TraceKind.Move)];

        // "from=2, to=2" and then "from=1, to=1": the second began where the first ended.
        Assert.Equal([(MemoryDomain.System, MemoryDomain.Vram), (MemoryDomain.Vram, MemoryDomain.Gtt)], moves.Select(static m => (m.From, m.To)));
        Assert.All(moves, static m => Assert.Equal(TraceFlags.Repaired, m.Flags));
        Assert.Contains("bug of kernels before 6.7", reader.Warning, StringComparison.Ordinal);

        // total_bo_size=2, total_bo_count=1114112: the labels are swapped.
        TraceEvent status = events.Single(static e => e.Name == "submission" && e.Kind == TraceKind.Usage);
        Assert.Equal((1_114_112ul, 2ul), (status.SizeBytes, status.RelatedId));
        Assert.Equal(MemoryDomain.Vram, events[0].To); // "prefered=4"
    }

    [Fact]
    public void XeAndI915AreRead()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("xe_i915.txt"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        TraceEvent[] moves = [.. events.Where(static e => e.Kind == TraceKind.Move)];
        Assert.Equal([(MemoryDomain.System, MemoryDomain.Vram), (MemoryDomain.Vram, MemoryDomain.Gtt)], moves.Select(static m => (m.From, m.To)));
        Assert.Single(moves.Select(static m => m.ObjectId).Distinct());
        TraceEvent fault = events.Single(static e => e.Kind == TraceKind.Fault && e.Name is null);
        Assert.Equal((3ul * 4096, TraceFlags.Write), (fault.OffsetBytes, fault.Flags));
        Assert.Equal(9001, fault.ClientId); // "Web Content -1-9001"
        Assert.Equal(2, events.Count(static e => e.Kind == TraceKind.CpuAccess && e.SizeBytes == 0x800));
        Assert.Equal(123_456_789ul, events.Single(static e => e.Kind == TraceKind.Usage).SizeBytes);
        Assert.Equal(1, events.Count(static e => e.Kind == TraceKind.Destroy));
        Assert.Equal(1_001_000_000, events[^1].TimeNs - events[0].TimeNs);
    }

    [Fact]
    public void CapturedVulkanCallsAreRead()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("triangle.gfxr.jsonl"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        TraceEvent[] made = [.. events.Where(static e => e.Kind == TraceKind.Create)];
        Assert.Equal([(65_536ul, MemoryDomain.Gtt), (33_554_432ul, MemoryDomain.Vram)], made.Select(static e => (e.SizeBytes, e.To)));
        TraceEvent image = events.Single(static e => e.Kind == TraceKind.Bind && e.Name == "image");
        Assert.Equal((made[1].ObjectId, 4096ul, 1_400_832ul), (image.RelatedId, image.OffsetBytes, image.SizeBytes)); // BC7, 11 levels, whole pages.
        Assert.Equal(99_999_999_999ul, events.Single(static e => e.Kind == TraceKind.OutOfMemory).SizeBytes);
        Assert.Equal(2, events.Count(static e => e.Kind == TraceKind.Destroy));
        Assert.Single(events, static e => e.Kind == TraceKind.Frame);
    }

    [Fact]
    public void RecordedAllocatorCallsAreRead()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("vma_calls.csv"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        TraceEvent[] made = [.. events.Where(static e => e.Kind == TraceKind.Create)];
        Assert.Equal([524_288ul, 2_797_568ul, 65_536ul, 4096ul, 4096ul, 1_048_576ul, 2_097_152ul], made.Select(static e => e.SizeBytes));
        Assert.Equal(MemoryDomain.Gtt, made[2].From); // CPU to GPU
        Assert.Equal(5, events.Count(static e => e.Kind == TraceKind.Destroy));
        Assert.Equal(2, events.Count(static e => e.Kind == TraceKind.Frame)); // 0 is the start; 1 and 2.
        Assert.Equal("1.8", reader.Description.Properties["version"]);
    }

    [Fact]
    public void TablesOfRequestsAreRead()
    {
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("requests.csv"));
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal([4096ul, 1_048_576ul, 4096ul, 1_048_576ul], events.Select(static e => e.SizeBytes)); // Size 0 is left out.
        Assert.Equal(events[1].ObjectId, events[3].ObjectId);
        Assert.Equal(17ul, events[0].ObjectId);
        Assert.Equal(TraceFlags.Write, events[1].Flags);
        Assert.Equal(5_000_000_000, events[3].TimeNs);
    }

    [Fact]
    public void ColumnsCanBeNamed()
    {
        byte[] text = "9;;a;77;8192\n10;;b;77;4096\n"u8.ToArray();
        using ITraceReader reader = TraceFiles.Open(
            new MemoryStream(text), "x.csv", new TraceOpenOptions { Columns = "time-col=1,obj-id-col=4,obj-size-col=5,delimiter=;" });
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal([(77ul, 8192ul), (77ul, 4096ul)], events.Select(static e => (e.ObjectId, e.SizeBytes)));
        Assert.Contains(
            "is not known",
            Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(text), "x", new TraceOpenOptions { Columns = "speed=3" })).Message,
            StringComparison.Ordinal);
    }

    private static bool TraceFilesOf(string path) =>
        !Path.GetFileName(path).StartsWith("LICENSE", StringComparison.Ordinal) && !path.EndsWith(".md", StringComparison.Ordinal) &&
        !path.EndsWith("runs_code.pickle", StringComparison.Ordinal);

    private static double Peak(List<TraceEvent> events)
    {
        double now = 0;
        double peak = 0;
        foreach (TraceEvent e in events)
        {
            now += e.Kind == TraceKind.Create ? e.SizeBytes : e.Kind == TraceKind.Destroy ? -(double)e.SizeBytes : 0;
            peak = Math.Max(peak, now);
        }

        return peak;
    }
}
