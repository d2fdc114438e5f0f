using System;
using System.IO;
using Google.Protobuf;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>Perfetto's protobuf: engines as tracks, domains as counter tracks, moves as slices with their cause.</summary>
/// <remarks>
/// Slices of one track must not overlap: a copy that is queued behind another begins when that one ends. Source: trace_packet.proto,
/// track_descriptor.proto and track_event.proto of google/perfetto, for the field numbers (kept in <see cref="PerfettoFields"/>).
/// </remarks>
internal sealed class PerfettoWriter : ITraceWriter
{
    private const ulong ProcessTrack = 1;
    private const ulong CopyTrack = 2;
    private const ulong RenderTrack = 3;
    private const ulong DecisionTrack = 4;
    private const ulong FirstDomainTrack = 16;
    private const ulong UsageTrack = 64;
    private const int Sequence = 1;

    private readonly Stream _stream;
    private readonly CodedOutputStream _output;
    private readonly MoveTracks _tracks = new();
    private readonly MemoryStream _packet = new();
    private readonly MemoryStream _inner = new();
    private readonly MemoryStream _deep = new();
    private readonly long[] _busyUntilNs = new long[5];

    public PerfettoWriter(Stream stream)
    {
        _stream = stream;
        _output = new CodedOutputStream(stream, 1 << 16, leaveOpen: true);
        Track(ProcessTrack, "GPU", 0, isCounter: false, isProcess: true);
        Track(CopyTrack, "copy engine", ProcessTrack, isCounter: false);
        Track(RenderTrack, "render engine", ProcessTrack, isCounter: false);
        Track(DecisionTrack, "decisions", ProcessTrack, isCounter: false);
        Track(FirstDomainTrack + (ulong)MemoryDomain.Vram, "VRAM", ProcessTrack, isCounter: true);
        Track(FirstDomainTrack + (ulong)MemoryDomain.Gtt, "GTT", ProcessTrack, isCounter: true);
        Track(FirstDomainTrack + (ulong)MemoryDomain.System, "System", ProcessTrack, isCounter: true);
        Track(UsageTrack, "reported usage", ProcessTrack, isCounter: true);
    }

    public void Write(in TraceEvent e)
    {
        bool changes = _tracks.Apply(e, out MoveTracks.MoveSpan span);
        switch (e.Kind)
        {
            case TraceKind.Move:
                Slice(e, $"{e.From} to {e.To}", CopyTrack, span.StartNs, span.LengthNs);
                break;
            case TraceKind.Submit:
                Slice(e, e.Name ?? "job", RenderTrack, e.TimeNs, (long)Math.Min(e.DurationNs != 0 ? e.DurationNs : e.SizeBytes, long.MaxValue / 4));
                break;
            case TraceKind.Usage:
                Counter(e.TimeNs, UsageTrack, (long)Math.Min(e.SizeBytes, long.MaxValue));
                break;
            case TraceKind.Evict or TraceKind.Fault or TraceKind.Purge or TraceKind.SwapIn or TraceKind.SwapOut or TraceKind.OutOfMemory
                or TraceKind.Frame or TraceKind.Reset or TraceKind.Limit or TraceKind.Wait or TraceKind.Marker:
                Event(e, e.TimeNs, PerfettoFields.TypeInstant, DecisionTrack, e.Kind == TraceKind.Marker ? e.Name ?? "marker" : e.Kind.ToString());
                break;
        }

        if (changes)
        {
            Counter(e.TimeNs, FirstDomainTrack + (ulong)MemoryDomain.Vram, _tracks.BytesIn(MemoryDomain.Vram));
            Counter(e.TimeNs, FirstDomainTrack + (ulong)MemoryDomain.Gtt, _tracks.BytesIn(MemoryDomain.Gtt));
            Counter(e.TimeNs, FirstDomainTrack + (ulong)MemoryDomain.System, _tracks.BytesIn(MemoryDomain.System));
        }
    }

    public void Complete()
    {
        _output.Flush();
        _stream.Flush();
    }

    public void Dispose()
    {
        _output.Dispose();
        _packet.Dispose();
        _inner.Dispose();
        _deep.Dispose();
        _stream.Dispose();
    }

    private void Slice(in TraceEvent e, string name, ulong track, long startNs, long lengthNs)
    {
        long start = Math.Max(startNs, _busyUntilNs[track]);
        _busyUntilNs[track] = start + lengthNs;
        Event(e, start, PerfettoFields.TypeBegin, track, name);
        Event(e, start + lengthNs, PerfettoFields.TypeEnd, track, null);
    }

    private void Counter(long timeNs, ulong track, long value)
    {
        using (CodedOutputStream inner = Start(_inner))
        {
            inner.WriteTag(PerfettoFields.EventType, WireFormat.WireType.Varint);
            inner.WriteInt32(PerfettoFields.TypeCounter);
            inner.WriteTag(PerfettoFields.EventTrack, WireFormat.WireType.Varint);
            inner.WriteUInt64(track);
            inner.WriteTag(PerfettoFields.EventCounterValue, WireFormat.WireType.Varint);
            inner.WriteInt64(value);
        }

        Packet(timeNs, PerfettoFields.PacketEvent);
    }

    private void Event(in TraceEvent e, long timeNs, int type, ulong track, string? name)
    {
        using (CodedOutputStream inner = Start(_inner))
        {
            inner.WriteTag(PerfettoFields.EventType, WireFormat.WireType.Varint);
            inner.WriteInt32(type);
            inner.WriteTag(PerfettoFields.EventTrack, WireFormat.WireType.Varint);
            inner.WriteUInt64(track);
            if (name is not null)
            {
                inner.WriteTag(PerfettoFields.EventName, WireFormat.WireType.LengthDelimited);
                inner.WriteString(name);
                Number(inner, "bo", e.ObjectId);
                Number(inner, "bytes", e.SizeBytes);
                Number(inner, "related", e.RelatedId);
                if (e.Kind is TraceKind.Move or TraceKind.Evict)
                {
                    Text(inner, "cause", e.Cause.ToString());
                }

                if (e.Name is { } own && e.Kind != TraceKind.Marker)
                {
                    Text(inner, "name", own);
                }
            }
        }

        Packet(timeNs, PerfettoFields.PacketEvent);
    }

    private void Number(CodedOutputStream inner, string name, ulong value)
    {
        if (value == 0)
        {
            return;
        }

        using (CodedOutputStream deep = Start(_deep))
        {
            deep.WriteTag(PerfettoFields.AnnotationName, WireFormat.WireType.LengthDelimited);
            deep.WriteString(name);
            deep.WriteTag(PerfettoFields.AnnotationUnsigned, WireFormat.WireType.Varint);
            deep.WriteUInt64(value);
        }

        Embed(inner, PerfettoFields.EventAnnotation, _deep);
    }

    private void Text(CodedOutputStream inner, string name, string value)
    {
        using (CodedOutputStream deep = Start(_deep))
        {
            deep.WriteTag(PerfettoFields.AnnotationName, WireFormat.WireType.LengthDelimited);
            deep.WriteString(name);
            deep.WriteTag(PerfettoFields.AnnotationText, WireFormat.WireType.LengthDelimited);
            deep.WriteString(value);
        }

        Embed(inner, PerfettoFields.EventAnnotation, _deep);
    }

    private void Track(ulong uuid, string name, ulong parent, bool isCounter, bool isProcess = false)
    {
        using (CodedOutputStream inner = Start(_inner))
        {
            inner.WriteTag(PerfettoFields.TrackUuid, WireFormat.WireType.Varint);
            inner.WriteUInt64(uuid);
            inner.WriteTag(PerfettoFields.TrackName, WireFormat.WireType.LengthDelimited);
            inner.WriteString(name);
            if (parent != 0)
            {
                inner.WriteTag(PerfettoFields.TrackParent, WireFormat.WireType.Varint);
                inner.WriteUInt64(parent);
            }

            if (isProcess || isCounter)
            {
                using (CodedOutputStream deep = Start(_deep))
                {
                    deep.WriteTag(isProcess ? PerfettoFields.ProcessPid : PerfettoFields.CounterUnit, WireFormat.WireType.Varint);
                    deep.WriteInt32(isProcess ? 1 : PerfettoFields.UnitBytes);
                    if (isProcess)
                    {
                        deep.WriteTag(PerfettoFields.ProcessName, WireFormat.WireType.LengthDelimited);
                        deep.WriteString(name);
                    }
                }

                Embed(inner, isProcess ? PerfettoFields.TrackProcess : PerfettoFields.TrackCounter, _deep);
            }
        }

        Packet(0, PerfettoFields.PacketTrack);
    }

    // Wraps what lies in _inner.
    private void Packet(long timeNs, int field)
    {
        using (CodedOutputStream packet = Start(_packet))
        {
            packet.WriteTag(PerfettoFields.PacketTimestamp, WireFormat.WireType.Varint);
            packet.WriteUInt64((ulong)Math.Max(0, timeNs));
            packet.WriteTag(PerfettoFields.PacketSequence, WireFormat.WireType.Varint);
            packet.WriteUInt32(Sequence);
            Embed(packet, field, _inner);
        }

        Embed(_output, PerfettoFields.TracePacket, _packet);
    }

    private static CodedOutputStream Start(MemoryStream buffer)
    {
        buffer.SetLength(0);
        return new CodedOutputStream(buffer, 256, leaveOpen: true);
    }

    private static void Embed(CodedOutputStream output, int field, MemoryStream message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message.GetBuffer().AsMemory(0, (int)message.Length)));
    }
}
