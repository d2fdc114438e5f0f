using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>Chrome's trace event format: engines as threads, domains as counters, moves as slices with their cause.</summary>
/// <remarks>Opens in about:tracing and Perfetto. Times are microseconds with three decimals: nothing is rounded.</remarks>
internal sealed class ChromeTraceWriter : ITraceWriter
{
    private const int FlushBytes = 1 << 16;

    // One thread per engine of one process, "GPU"; what programs do is on threads of their own processes.
    private const int GpuPid = 1_000_000;
    private const int CopyTid = 1;
    private const int RenderTid = 2;
    private const int CpuTid = 3;

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly MoveTracks _tracks = new();
    private readonly HashSet<int> _clients = [];

    public ChromeTraceWriter(Stream stream)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default, SkipValidation = false });
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ns");
        _json.WriteStartArray("traceEvents");
        Name("process_name", GpuPid, 0, "GPU");
        Name("thread_name", GpuPid, CopyTid, "copy engine");
        Name("thread_name", GpuPid, RenderTid, "render engine");
        Name("thread_name", GpuPid, CpuTid, "decisions");
    }

    public void Write(in TraceEvent e)
    {
        bool changes = _tracks.Apply(e, out MoveTracks.MoveSpan span);
        switch (e.Kind)
        {
            case TraceKind.Move:
                Slice(e, $"{e.From} to {e.To}", CopyTid, span.StartNs, span.LengthNs);
                break;
            case TraceKind.Submit:
                Slice(e, e.Name ?? "job", RenderTid, e.TimeNs, (long)Math.Min(e.DurationNs != 0 ? e.DurationNs : e.SizeBytes, long.MaxValue / 4));
                break;
            case TraceKind.Wait:
                long length = (long)Math.Min(e.DurationNs, (ulong)Math.Max(0, e.TimeNs));
                Slice(e, "wait", CpuTid, e.TimeNs - length, length);
                break;
            case TraceKind.Usage:
                Counter(e.TimeNs, e.Name ?? "usage", e.To.ToString(), (long)Math.Min(e.SizeBytes, long.MaxValue));
                break;
            case TraceKind.Evict or TraceKind.Fault or TraceKind.Purge or TraceKind.SwapIn or TraceKind.SwapOut or TraceKind.OutOfMemory
                or TraceKind.Frame or TraceKind.Reset or TraceKind.Limit or TraceKind.Marker:
                Instant(e);
                break;
        }

        if (changes)
        {
            Counter(e.TimeNs, "memory", null, 0);
        }

        if (_json.BytesPending > FlushBytes)
        {
            _json.Flush();
        }
    }

    public void Complete()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        _stream.Flush();
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    private void Slice(in TraceEvent e, string name, int tid, long startNs, long lengthNs)
    {
        Begin(name, e.Kind.ToString(), "X", startNs, GpuPid, tid);
        Time("dur", lengthNs);
        Arguments(e);
        _json.WriteEndObject();
    }

    private void Instant(in TraceEvent e)
    {
        int pid = e.ClientId == 0 ? GpuPid : e.ClientId;
        if (e.ClientId != 0 && _clients.Count < 100_000 && _clients.Add(e.ClientId))
        {
            Name("process_name", pid, 0, string.Create(CultureInfo.InvariantCulture, $"client {e.ClientId}"));
        }

        Begin(e.Kind == TraceKind.Marker ? e.Name ?? "marker" : e.Kind.ToString(), "decision", "i", e.TimeNs, pid, CpuTid);
        _json.WriteString("s", e.Kind == TraceKind.Frame ? "g" : "t");
        Arguments(e);
        _json.WriteEndObject();
    }

    // Without a series: all domains at once.
    private void Counter(long timeNs, string name, string? series, long value)
    {
        Begin(name, "memory", "C", timeNs, GpuPid, 0);
        _json.WriteStartObject("args");
        if (series is not null)
        {
            _json.WriteNumber(series.ToLowerInvariant(), value);
        }
        else
        {
            _json.WriteNumber("vram", _tracks.BytesIn(MemoryDomain.Vram));
            _json.WriteNumber("gtt", _tracks.BytesIn(MemoryDomain.Gtt));
            _json.WriteNumber("system", _tracks.BytesIn(MemoryDomain.System));
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Begin(string name, string category, string phase, long timeNs, int pid, int tid)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteString("cat", category);
        _json.WriteString("ph", phase);
        Time("ts", timeNs);
        _json.WriteNumber("pid", pid);
        _json.WriteNumber("tid", tid);
    }

    private void Arguments(in TraceEvent e)
    {
        _json.WriteStartObject("args");
        _json.WriteNumber("bo", e.ObjectId);
        _json.WriteNumber("bytes", e.SizeBytes);
        if (e.Kind is TraceKind.Move or TraceKind.Evict)
        {
            _json.WriteString("from", e.From.ToString());
            _json.WriteString("to", e.To.ToString());
            _json.WriteString("cause", e.Cause.ToString());
        }

        if (e.RelatedId != 0)
        {
            _json.WriteNumber("related", e.RelatedId);
        }

        if (e.Kind != TraceKind.Marker && e.Name is { } name)
        {
            _json.WriteString("name", name);
        }

        _json.WriteEndObject();
    }

    private void Time(string property, long ns)
    {
        _json.WritePropertyName(property);
        _json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"{(decimal)ns / 1000:0.000}"), skipInputValidation: true);
    }

    private void Name(string kind, int pid, int tid, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("name", kind);
        _json.WriteString("ph", "M");
        _json.WriteNumber("pid", pid);
        _json.WriteNumber("tid", tid);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }
}
