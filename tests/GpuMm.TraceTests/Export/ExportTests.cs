using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using CsCheck;
using GpuMm.Diagnostics;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace GpuMm.TraceTests.Export;

/// <summary>Each exporter's file, read by a reader that is not ours, or by rules that its format fixes.</summary>
public sealed class ExportTests(ITestOutputHelper output)
{
    private static readonly TraceEvent[] s_run =
    [
        new() { Kind = TraceKind.Create, TimeNs = 1000, ObjectId = 1, SizeBytes = 65536, To = MemoryDomain.System, From = MemoryDomain.System, Name = "albedo" },
        new() { Kind = TraceKind.Create, TimeNs = 2000, ObjectId = 2, SizeBytes = 4096, To = MemoryDomain.Vram, From = MemoryDomain.Gtt, Name = "quotes \", commas" },
        new() { Kind = TraceKind.Use, TimeNs = 3000, ObjectId = 1, SizeBytes = 65536, RelatedId = 9 },
        new() { Kind = TraceKind.MoveStarted, TimeNs = 3100, ObjectId = 1, SizeBytes = 65536, From = MemoryDomain.System, To = MemoryDomain.Vram, Cause = TraceCause.Submission },
        new() { Kind = TraceKind.Move, TimeNs = 5600, ObjectId = 1, SizeBytes = 65536, From = MemoryDomain.System, To = MemoryDomain.Vram, Cause = TraceCause.Submission },
        new() { Kind = TraceKind.Evict, TimeNs = 6000, ObjectId = 2, RelatedId = 1, SizeBytes = 4096, From = MemoryDomain.Vram, To = MemoryDomain.Gtt, Cause = TraceCause.Eviction, ClientId = 7 },
        new() { Kind = TraceKind.Submit, TimeNs = 7001, RelatedId = 9, DurationNs = 2_000_000, Name = "gfx" },
        new() { Kind = TraceKind.Use, TimeNs = 8_000_000_000, ObjectId = 2, SizeBytes = 4096 },
        new() { Kind = TraceKind.Frame, TimeNs = 8_000_000_500, RelatedId = 1 },
        new() { Kind = TraceKind.Destroy, TimeNs = 8_000_000_900, ObjectId = 1, SizeBytes = 65536 },
    ];

    [Fact]
    public void ChromeJsonHasEnginesCountersAndCauses()
    {
        using JsonDocument document = JsonDocument.Parse(Write("chrome", s_run));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.All(events, static e => Assert.Contains(e.GetProperty("ph").GetString(), (string[])["M", "X", "i", "C"]));
        Assert.All(
            events.Where(static e => e.GetProperty("ph").GetString() != "M"),
            static e => Assert.True(e.TryGetProperty("ts", out _) && e.TryGetProperty("pid", out _) && e.TryGetProperty("tid", out _)));
        JsonElement move = events.Single(static e => e.GetProperty("name").GetString() == "System to Vram");
        Assert.Equal(("X", 3.1m, 2.5m), (move.GetProperty("ph").GetString(), move.GetProperty("ts").GetDecimal(), move.GetProperty("dur").GetDecimal()));
        Assert.Equal("Submission", move.GetProperty("args").GetProperty("cause").GetString());
        Assert.Equal(65536, move.GetProperty("args").GetProperty("bytes").GetInt64());
        JsonElement engine = events.First(e => e.GetProperty("ph").GetString() == "M" && e.GetProperty("tid").GetInt32() == move.GetProperty("tid").GetInt32() && e.GetProperty("name").GetString() == "thread_name");
        Assert.Equal("copy engine", engine.GetProperty("args").GetProperty("name").GetString());
        Assert.Equal(
            [(65536L, 0L), (65536L, 4096L), (0L, 69632L), (0L, 4096L)],
            events.Where(static e => e.GetProperty("ph").GetString() == "C").Select(static e => (e.GetProperty("args").GetProperty("system").GetInt64(), e.GetProperty("args").GetProperty("vram").GetInt64())));
        Assert.Equal(7.001m, events.Single(static e => e.GetProperty("name").GetString() == "gfx").GetProperty("ts").GetDecimal());
    }

    [Fact]
    public void PerfettoPacketsHaveTracksAndBalancedSlices()
    {
        List<WireMessage> packets = [.. WireMessage.Parse(Write("perfetto", s_run)).Fields(1)];
        Dictionary<ulong, string> tracks = packets.SelectMany(static p => p.Fields(60)).ToDictionary(static t => t.Number(1), static t => t.Text(2));
        Assert.Equal(["GPU", "GTT", "System", "VRAM", "copy engine", "decisions", "gfx", "waits"], tracks.Values.Order(StringComparer.Ordinal));
        List<(long Time, WireMessage Event)> events = [.. packets.SelectMany(static p => p.Fields(11).Select(e => ((long)p.Number(8), e)))];
        foreach (string engine in (string[])["copy engine", "gfx"])
        {
            int depth = 0;
            foreach ((_, WireMessage e) in events.Where(e => tracks[e.Event.Number(11)] == engine))
            {
                depth += e.Number(9) == 1 ? 1 : -1;
                Assert.InRange(depth, 0, 1);
            }

            Assert.Equal(0, depth);
        }

        (long time, WireMessage move) = events.Single(static e => e.Event.Number(9) == 1 && e.Event.Text(23) == "System to Vram");
        Assert.Equal(3100, time);
        Assert.Contains(move.Fields(4), static a => a.Text(10) == "cause" && a.Text(6) == "Submission");
        Assert.Contains(move.Fields(4), static a => a.Text(10) == "bytes" && a.Number(3) == 65536);
        Assert.Equal(
            [0ul, 4096ul, 69632ul, 4096ul],
            events.Where(e => e.Event.Number(9) == 4 && tracks[e.Event.Number(11)] == "VRAM").Select(static e => e.Event.Number(30)));
        Assert.All(packets.SelectMany(static p => p.Fields(60)).Where(static t => t.Text(2) is "VRAM" or "GTT" or "System"), static t => Assert.Equal(3ul, t.Fields(8).Single().Number(3)));
    }

    [Fact]
    public void OracleGeneralRoundTripsToTheLastByte()
    {
        byte[] original = Samples.Bytes("zipf1_20k.oracleGeneral.bin");
        using ITraceReader reader = TraceFiles.Open(Samples.PathOf("zipf1_200k.oracleGeneral.bin.zst"));
        List<TraceEvent> all = Trace.ReadAll(reader, 4096);
        byte[] written = Write("oracle", all);
        Assert.Equal(200_000 * 24, written.Length);
        Assert.Equal(original, written[..original.Length]);

        // Every record's next access, by a look ahead of the test's own.
        Dictionary<ulong, long> next = [];
        for (int i = all.Count - 1; i >= 0; i--)
        {
            Assert.Equal(next.GetValueOrDefault(all[i].ObjectId, -1), BitConverter.ToInt64(written, (i * 24) + 16));
            next[all[i].ObjectId] = i + 1;
        }
    }

    [Fact]
    public void OracleGeneralRefusesWhatDoesNotFit()
    {
        TraceFormatException failure = Assert.Throws<TraceFormatException>(
            () => Write("oracle", [new TraceEvent { Kind = TraceKind.Use, ObjectId = 5, SizeBytes = 1ul << 32 }]));
        Assert.Contains("4294967296", failure.Message, StringComparison.Ordinal);
        Assert.Throws<TraceFormatException>(() => Write("oracle", [new TraceEvent { Kind = TraceKind.Use, SizeBytes = 1, TimeNs = -5_000_000_000 }]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void OracleGeneralIsWrittenToWhatSeeksAndCanBeReadBack(bool seeks, bool reads)
    {
        using LimitedStream stream = new(seeks, reads);
        Assert.Throws<ArgumentException>(() => TraceFiles.Create(stream, "pipe", "oracle"));
    }

    [Fact]
    public async Task ParquetHasEveryRowInTypedColumns()
    {
        using MemoryStream stream = new(Write("parquet", s_run));
        Assert.Equal("PAR1"u8.ToArray(), stream.ToArray()[^4..]);
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(
            ["ts_ns", "client", "bo", "bytes", "offset", "related", "duration_ns", "count", "detail", "flags", "reason", "wishes", "placement", "event", "from", "to", "cause", "status", "device_event", "name"],
            fields.Select(static f => f.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        long[] times = new long[s_run.Length];
        await group.ReadAsync<long>(fields[0], times.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_run.Select(static e => e.TimeNs), times);
        string?[] words = new string?[s_run.Length];
        await group.ReadAsync(fields[13], words.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_run.Select(static e => e.Kind.ToString()), words);
        await group.ReadAsync(fields[19], words.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_run.Select(static e => e.Name), words);
    }

    [Fact]
    public async Task ParquetHasEachFieldInItsColumn()
    {
        TraceEvent one = new()
        {
            TimeNs = -1,
            ClientId = -2,
            ObjectId = 3,
            SizeBytes = ulong.MaxValue,
            OffsetBytes = 5,
            RelatedId = 6,
            DurationNs = 7,
            Count = -8,
            Detail = 9,
            Flags = TraceFlags.Write | TraceFlags.Inferred,
            Kind = TraceKind.Evict,
            From = MemoryDomain.Vram,
            To = MemoryDomain.Gtt,
            Cause = TraceCause.Submission,
            Status = MmStatus.Busy,
            DeviceKind = DeviceEventKind.Validated,
            Name = "albedo",
            Reason = 10,
            Placement = new PlacementCode(12, 2),
        };
        using MemoryStream stream = new(Write("parquet", [one, default]));
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        DataField[] fields = reader.Schema.GetDataFields();
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        long[] expected = [-1, -2, 3, -1, 5, 6, 7, -8, 9, (long)one.Flags, 10, 2, 12];
        for (int i = 0; i < expected.Length; i++)
        {
            long[] numbers = new long[2];
            await group.ReadAsync<long>(fields[i], numbers.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal([expected[i], 0], numbers);
        }

        string[] words = ["Evict", "Vram", "Gtt", "Submission", "Busy", "Validated", "albedo"];
        string?[] none = [default(TraceKind).ToString(), "System", "System", default(TraceCause).ToString(), "Ok", "None", null];
        for (int i = 0; i < words.Length; i++)
        {
            string?[] cells = new string?[2];
            await group.ReadAsync(fields[expected.Length + i], cells.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal([words[i], none[i]], cells);
        }
    }

    [Fact]
    public async Task ParquetGoesOnInAnotherGroupOfRows()
    {
        const int Group = 1 << 17;
        foreach (int count in (int[])[Group, Group + 1])
        {
            using MemoryStream stream = new(Write("parquet", Enumerable.Range(0, count).Select(static i => new TraceEvent { Kind = TraceKind.Use, TimeNs = i })));
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
            List<long> times = [];
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                long[] some = new long[Math.Min(Group, count - (i * Group))];
                await group.ReadAsync<long>(reader.Schema.GetDataFields()[0], some.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
                times.AddRange(some);
            }

            Assert.Equal(Enumerable.Range(0, count).Select(static i => (long)i), times);
        }
    }

    [Fact]
    public void TheTableOfEventsRoundTrips() => TraceGen.Event.Array[0, 60].Sample(
        static events =>
        {
            // Contents do not fit into a cell, and an empty name is no name.
            TraceEvent[] written = [.. events.Where(static e => e.Contents is null).Select(static e => string.IsNullOrEmpty(e.Name) ? e with { Extra = null } : e)];
            using ITraceReader reader = TraceFiles.Open(new MemoryStream(Write("csv", written)), "events.csv");
            Assert.Equal(written, Trace.ReadAll(reader));
        },
        iter: 200,
        writeLine: output.WriteLine);

    // A number that its column cannot hold.
    [Theory]
    [InlineData(0, "x")]
    [InlineData(1, "Nonsense")]
    [InlineData(2, "2147483648")]
    [InlineData(2, "-2147483649")]
    [InlineData(3, "-1")]
    [InlineData(7, "Disk")]
    [InlineData(10, "256")]
    [InlineData(11, "256")]
    [InlineData(13, "2147483648")]
    [InlineData(13, "-2147483649")]
    [InlineData(1, "200")]
    [InlineData(15, "99")]
    [InlineData(15, "12345")]
    [InlineData(17, "9")]
    public void ACellOfTheTableOfEventsThatIsOutOfRangeIsRefused(int column, string cell)
    {
        string[] lines = Encoding.UTF8.GetString(Write("csv", [s_run[0] with { Extra = null }])).Split('\n');
        string[] cells = lines[1].Split(',');
        Assert.Single(Read(cells));
        cells[column] = cell;
        Assert.Equal(lines[0].Length + 1, Assert.Throws<TraceFormatException>(() => Read(cells)).Offset);

        List<TraceEvent> Read(string[] row)
        {
            using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes($"{lines[0]}\n{string.Join(',', row)}\n")), "events.csv");
            return Trace.ReadAll(reader);
        }
    }

    // The least and the most that fit.
    [Fact]
    public void TheTableOfEventsHoldsWhateverAnEventCan()
    {
        TraceEvent[] ends =
        [
            s_run[0] with { TimeNs = long.MinValue, ClientId = int.MinValue, Count = int.MinValue, Reason = 0, Flags = 0 },
            s_run[0] with { TimeNs = long.MaxValue, ClientId = int.MaxValue, Count = int.MaxValue, Reason = 255, Flags = (TraceFlags)255, Placement = new PlacementCode(ulong.MaxValue, 8), Name = "\"quoted\", twice" },
        ];
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Write("csv", ends)), "events.csv");
        Assert.Equal(ends, Trace.ReadAll(reader));
    }

    [Fact]
    public void KernelTextIsReadBackAsTheSameRequests()
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Write("ftrace", s_run)), "run.txt");
        Assert.Equal("ftrace", reader.Description.Format);
        List<TraceEvent> read = Trace.ReadAll(reader);
        TraceKind[] kinds = [TraceKind.Create, TraceKind.Use, TraceKind.Move, TraceKind.Submit, TraceKind.Frame];
        Assert.Equal(
            s_run.Where(e => kinds.Contains(e.Kind)).Select(static e => (e.Kind, e.SizeBytes, e.TimeNs - 1000)),
            read.Where(e => kinds.Contains(e.Kind)).Select(static e => (e.Kind, e.Kind is TraceKind.Submit ? 0 : e.SizeBytes, e.TimeNs)));
        Assert.Equal((MemoryDomain.System, MemoryDomain.Vram), read.Where(static e => e.Kind == TraceKind.Move).Select(static e => (e.From, e.To)).Single());
    }

    [Fact]
    public void EveryRecordingConvertsToEveryFormat()
    {
        foreach (string path in ((string[])["amdgpu_bugs.txt", "xe_i915.txt", "sample_trace.rmv", "triangle.gfxr.jsonl", "vma_calls.csv", "medium_128_inference_head.p2.pickle"]).Select(Samples.PathOf))
        {
            using ITraceReader reader = TraceFiles.Open(path);
            List<TraceEvent> events = Trace.ReadAll(reader, 4096);
            foreach (TraceFormat format in TraceFiles.Formats.Where(static f => f.CanWrite))
            {
                Assert.NotEmpty(Write(format.Name, format.Name == "oracle" ? [.. events, new TraceEvent { Kind = TraceKind.Use, ObjectId = 1, SizeBytes = 1 }] : events));
            }

            using ITraceReader again = TraceFiles.Open(new MemoryStream(Write("gmmt", events)), "again.gmmt");
            Assert.Equal(events, Trace.ReadAll(again, 999));
        }
    }

    internal static byte[] Write(string format, IEnumerable<TraceEvent> events)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-{Guid.NewGuid():n}");
        try
        {
            using (ITraceWriter writer = TraceFiles.Create(path, format))
            {
                foreach (TraceEvent e in events)
                {
                    writer.Write(e);
                }

                writer.Complete();
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class LimitedStream(bool seeks, bool reads) : MemoryStream
    {
        public override bool CanSeek => seeks;

        public override bool CanRead => reads;
    }
}
