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
internal sealed class ChromeTraceWriter : TimelineWriter
{
    private const int FlushBytes = 1 << 16;

    // One thread per engine of one process, "GPU"; what programs do is on threads of their own processes.
    private const int GpuPid = 1_000_000;

    private readonly Utf8JsonWriter _json;
    private readonly HashSet<int> _clients = [];

    public ChromeTraceWriter(Stream stream)
        : base(stream)
    {
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default, SkipValidation = false });
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ns");
        _json.WriteStartArray("traceEvents");
        Name("process_name", GpuPid, 0, "GPU");
        NameTrack(CopyTrack, "copy engine");
        NameTrack(DecisionTrack, "decisions");
        NameTrack(WaitTrack, "waits");
    }

    protected override void NameTrack(int track, string name) => Name("thread_name", GpuPid, track, name);

    protected override void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        _json.Dispose();
        base.Dispose(disposing);
    }

    protected override void Slice(in TraceEvent e, string name, int track, long startNs, long lengthNs)
    {
        Begin(name, e.Kind.ToString(), "X", startNs, GpuPid, track);
        Time("dur", lengthNs);
        Arguments(e);
        _json.WriteEndObject();
        FlushWhenFull();
    }

    protected override void Instant(in TraceEvent e, string name)
    {
        int pid = e.ClientId == 0 ? GpuPid : e.ClientId;
        if (e.ClientId != 0 && _clients.Count < 100_000 && _clients.Add(e.ClientId))
        {
            Name("process_name", pid, 0, string.Create(CultureInfo.InvariantCulture, $"client {e.ClientId}"));
        }

        Begin(name, "decision", "i", e.TimeNs, pid, DecisionTrack);
        _json.WriteString("s", e.Kind == TraceKind.Frame ? "g" : "t");
        Arguments(e);
        _json.WriteEndObject();
        FlushWhenFull();
    }

    protected override void Reported(in TraceEvent e, string name)
    {
        Begin(name, "memory", "C", e.TimeNs, GpuPid, 0);
        _json.WriteStartObject("args");
        _json.WriteNumber(e.To.ToString().ToLowerInvariant(), Math.Min(e.SizeBytes, long.MaxValue));
        _json.WriteEndObject();
        _json.WriteEndObject();
        FlushWhenFull();
    }

    protected override void Domains(long timeNs, MoveTracks moves)
    {
        Begin("memory", "memory", "C", timeNs, GpuPid, 0);
        _json.WriteStartObject("args");
        _json.WriteNumber("vram", moves.BytesIn(MemoryDomain.Vram));
        _json.WriteNumber("gtt", moves.BytesIn(MemoryDomain.Gtt));
        _json.WriteNumber("system", moves.BytesIn(MemoryDomain.System));
        _json.WriteEndObject();
        _json.WriteEndObject();
        FlushWhenFull();
    }

    private void FlushWhenFull()
    {
        if (_json.BytesPending > FlushBytes)
        {
            _json.Flush();
        }
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
