using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>Perfetto's protobuf: engines as tracks, domains as counter tracks, moves as slices with their cause.</summary>
/// <remarks>
/// Source: trace_packet.proto, track_descriptor.proto and track_event.proto of google/perfetto, for the field numbers (kept in
/// <see cref="PerfettoFields"/>).
/// </remarks>
internal sealed class PerfettoWriter : TimelineWriter
{
    private const ulong ProcessTrack = 1;
    private const ulong FirstSliceTrack = 16; // and on, by the number of the track
    private const ulong FirstDomainTrack = 1024;
    private const ulong FirstUsageTrack = 2048;
    private const int MaxUsageTracks = 256; // The rest shares the last: names come from files.
    private const int Sequence = 1;

    private readonly CodedOutputStream _output;
    private readonly Dictionary<string, ulong> _usages = new(StringComparer.Ordinal);
    private readonly MemoryStream _packet = new();
    private readonly MemoryStream _inner = new();
    private readonly MemoryStream _deep = new();

    public PerfettoWriter(Stream stream)
        : base(stream)
    {
        _output = new CodedOutputStream(stream, 1 << 16, leaveOpen: true);
        Track(ProcessTrack, "GPU", 0, isCounter: false, isProcess: true);
        NameTrack(CopyTrack, "copy engine");
        NameTrack(DecisionTrack, "decisions");
        NameTrack(WaitTrack, "waits");
        Track(FirstDomainTrack + (ulong)MemoryDomain.Vram, "VRAM", ProcessTrack, isCounter: true);
        Track(FirstDomainTrack + (ulong)MemoryDomain.Gtt, "GTT", ProcessTrack, isCounter: true);
        Track(FirstDomainTrack + (ulong)MemoryDomain.System, "System", ProcessTrack, isCounter: true);
    }

    protected override void NameTrack(int track, string name) => Track(FirstSliceTrack + (ulong)track, name, ProcessTrack, isCounter: false);

    protected override void End() => _output.Flush();

    protected override void Dispose(bool disposing)
    {
        _output.Dispose();
        _packet.Dispose();
        _inner.Dispose();
        _deep.Dispose();
        base.Dispose(disposing);
    }

    protected override void Slice(in TraceEvent e, string name, int track, long startNs, long lengthNs)
    {
        Event(e, startNs, PerfettoFields.TypeBegin, FirstSliceTrack + (ulong)track, name);
        Event(e, startNs + lengthNs, PerfettoFields.TypeEnd, FirstSliceTrack + (ulong)track, null);
    }

    protected override void Instant(in TraceEvent e, string name) =>
        Event(e, e.TimeNs, PerfettoFields.TypeInstant, FirstSliceTrack + DecisionTrack, name);

    protected override void Reported(in TraceEvent e, string name)
    {
        if (!_usages.TryGetValue(name, out ulong track))
        {
            track = FirstUsageTrack + (ulong)Math.Min(_usages.Count, MaxUsageTracks - 1);
            if (_usages.Count < MaxUsageTracks)
            {
                _usages.Add(name, track);
                Track(track, _usages.Count == MaxUsageTracks ? "other reported usage" : "reported usage: " + name, ProcessTrack, isCounter: true);
            }
        }

        Counter(e.TimeNs, track, (long)Math.Min(e.SizeBytes, long.MaxValue));
    }

    protected override void Domains(long timeNs, MoveTracks moves)
    {
        Counter(timeNs, FirstDomainTrack + (ulong)MemoryDomain.Vram, moves.BytesIn(MemoryDomain.Vram));
        Counter(timeNs, FirstDomainTrack + (ulong)MemoryDomain.Gtt, moves.BytesIn(MemoryDomain.Gtt));
        Counter(timeNs, FirstDomainTrack + (ulong)MemoryDomain.System, moves.BytesIn(MemoryDomain.System));
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
