using System;
using System.Text;
using GpuMm.Diagnostics;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Format;

/// <summary>Turns events into bytes and back: one byte of kind, a mask of what follows, differences as varints.</summary>
/// <remarks>
/// Each block starts from zero, so it can be read alone. The mask: 1 client, 2 size, 4 offset, 8 related, 16 domains,
/// 32 cause and reason, 64 flags, 128 name, 256 contents, 512 duration, 1024 detail, 2048 count, 4096 device kind and status,
/// 8192 placement.
/// </remarks>
internal struct GmmtCoder
{
    // kind 1, mask 2, time 10, object 10, client 5, size 10, offset 10, related 10, domains 1, cause 2, flags 1, length 4,
    // duration 10, detail 10, count 5, device kind and status 2, placement 11
    public const int MaxFixedBytes = 104;

    private const uint HasClient = 1;
    private const uint HasSize = 2;
    private const uint HasOffset = 4;
    private const uint HasRelated = 8;
    private const uint HasDomains = 16;
    private const uint HasCause = 32;
    private const uint HasFlags = 64;
    private const uint HasName = 128;
    private const uint HasContents = 256;
    private const uint HasDuration = 512;
    private const uint HasDetail = 1024;
    private const uint HasCount = 2048;
    private const uint HasDeviceKind = 4096;
    private const uint HasPlacement = 8192;
    private const uint AllBits = (HasPlacement << 1) - 1;

    private long _timeNs;
    private ulong _objectId;
    private ulong _relatedId;
    private int _clientId;

    /// <summary>Bytes that an event may need at most.</summary>
    public static int MaxBytes(in TraceEvent traceEvent) => MaxFixedBytes + traceEvent.Extra switch
    {
        string name => Encoding.UTF8.GetMaxByteCount(name.Length),
        byte[] contents => contents.Length,
        _ => 0,
    };

    public int Write(Span<byte> output, in TraceEvent e)
    {
        uint mask = (e.ClientId != _clientId ? HasClient : 0) | (e.SizeBytes != 0 ? HasSize : 0) |
            (e.OffsetBytes != 0 ? HasOffset : 0) | (e.RelatedId != 0 ? HasRelated : 0) |
            (((uint)e.From | (uint)e.To) != 0 ? HasDomains : 0) | (((uint)e.Cause | e.Reason) != 0 ? HasCause : 0) |
            (e.Flags != 0 ? HasFlags : 0) | (e.Extra is string ? HasName : 0) | (e.Contents is not null ? HasContents : 0) |
            (e.DurationNs != 0 ? HasDuration : 0) | (e.Detail != 0 ? HasDetail : 0) | (e.Count != 0 ? HasCount : 0) |
            (((uint)e.DeviceKind | (uint)e.Status) != 0 ? HasDeviceKind : 0) | (e.Placement != default ? HasPlacement : 0);
        int at = 0;
        output[at++] = (byte)e.Kind;
        Varint.Write(output, ref at, mask);
        Varint.WriteSigned(output, ref at, unchecked(e.TimeNs - _timeNs));
        Varint.WriteSigned(output, ref at, unchecked((long)(e.ObjectId - _objectId)));
        _timeNs = e.TimeNs;
        _objectId = e.ObjectId;
        if ((mask & HasClient) != 0)
        {
            Varint.WriteSigned(output, ref at, e.ClientId);
            _clientId = e.ClientId;
        }

        if ((mask & HasSize) != 0)
        {
            Varint.Write(output, ref at, e.SizeBytes);
        }

        if ((mask & HasOffset) != 0)
        {
            Varint.Write(output, ref at, e.OffsetBytes);
        }

        if ((mask & HasRelated) != 0)
        {
            Varint.WriteSigned(output, ref at, unchecked((long)(e.RelatedId - _relatedId)));
            _relatedId = e.RelatedId;
        }

        WriteRest(output, ref at, mask, e);
        return at;
    }

    private static void WriteRest(Span<byte> output, ref int at, uint mask, in TraceEvent e)
    {
        if ((mask & HasDomains) != 0)
        {
            output[at++] = (byte)(((uint)e.From << 4) | ((uint)e.To & 15));
        }

        if ((mask & HasCause) != 0)
        {
            output[at++] = (byte)e.Cause;
            output[at++] = e.Reason;
        }

        if ((mask & HasFlags) != 0)
        {
            output[at++] = (byte)e.Flags;
        }

        if ((mask & HasName) != 0)
        {
            string name = e.Name!;
            int length = Encoding.UTF8.GetByteCount(name);
            Varint.Write(output, ref at, (ulong)length);
            at += Encoding.UTF8.GetBytes(name, output[at..]);
        }
        else if ((mask & HasContents) != 0)
        {
            byte[] contents = e.Contents!;
            Varint.Write(output, ref at, (ulong)contents.Length);
            contents.CopyTo(output[at..]);
            at += contents.Length;
        }

        if (mask >= HasDuration)
        {
            WriteDevice(output, ref at, mask, e);
        }
    }

    private static void WriteDevice(Span<byte> output, ref int at, uint mask, in TraceEvent e)
    {
        if ((mask & HasDuration) != 0)
        {
            Varint.Write(output, ref at, e.DurationNs);
        }

        if ((mask & HasDetail) != 0)
        {
            Varint.Write(output, ref at, e.Detail);
        }

        if ((mask & HasCount) != 0)
        {
            Varint.WriteSigned(output, ref at, e.Count);
        }

        if ((mask & HasDeviceKind) != 0)
        {
            output[at++] = (byte)e.DeviceKind;
            output[at++] = (byte)e.Status;
        }

        if ((mask & HasPlacement) != 0)
        {
            output[at++] = e.Placement.Count;
            Varint.Write(output, ref at, e.Placement.Packed);
        }
    }

    /// <summary>Reads one event; false when the bytes are no event. They passed a checksum, so that is a writer's fault.</summary>
    public bool TryRead(ReadOnlySpan<byte> input, ref int at, out TraceEvent e)
    {
        e = default;
        if (at >= input.Length)
        {
            return false;
        }

        TraceKind kind = (TraceKind)input[at++];
        if (!Varint.TryRead(input, ref at, out ulong mask) || !Varint.TryReadSigned(input, ref at, out long time) ||
            !Varint.TryReadSigned(input, ref at, out long id) || mask > AllBits || kind > TraceKind.Other)
        {
            return false;
        }

        _timeNs = unchecked(_timeNs + time);
        _objectId = unchecked(_objectId + (ulong)id);
        ulong size = 0;
        ulong offset = 0;
        long related = 0;
        long client = 0;
        if (((mask & HasClient) != 0 && !Varint.TryReadSigned(input, ref at, out client)) ||
            ((mask & HasSize) != 0 && !Varint.TryRead(input, ref at, out size)) ||
            ((mask & HasOffset) != 0 && !Varint.TryRead(input, ref at, out offset)) ||
            ((mask & HasRelated) != 0 && !Varint.TryReadSigned(input, ref at, out related)))
        {
            return false;
        }

        _clientId = (mask & HasClient) != 0 ? unchecked((int)client) : _clientId;
        _relatedId = unchecked(_relatedId + (ulong)related);
        if ((mask >> 4) != 0)
        {
            return TryReadRest(input, ref at, (uint)mask, kind, size, offset, out e);
        }

        e = new TraceEvent
        {
            TimeNs = _timeNs,
            ObjectId = _objectId,
            SizeBytes = size,
            OffsetBytes = offset,
            ClientId = _clientId,
            Kind = kind,
            RelatedId = (mask & HasRelated) != 0 ? _relatedId : 0,
        };
        return true;
    }

    private readonly bool TryReadRest(
        ReadOnlySpan<byte> input, ref int at, uint mask, TraceKind kind, ulong size, ulong offset, out TraceEvent e)
    {
        e = default;
        int fixedBytes = ((mask & HasDomains) != 0 ? 1 : 0) + ((mask & HasCause) != 0 ? 2 : 0) + ((mask & HasFlags) != 0 ? 1 : 0);
        if (input.Length - at < fixedBytes)
        {
            return false;
        }

        byte domains = (mask & HasDomains) != 0 ? input[at++] : (byte)0;
        byte cause = (mask & HasCause) != 0 ? input[at++] : (byte)0;
        byte reason = (mask & HasCause) != 0 ? input[at++] : (byte)0;
        byte flags = (mask & HasFlags) != 0 ? input[at++] : (byte)0;
        object? extra = null;
        if ((mask & (HasName | HasContents)) != 0)
        {
            if (!Varint.TryRead(input, ref at, out ulong length) || length > (ulong)(input.Length - at))
            {
                return false;
            }

            ReadOnlySpan<byte> bytes = input.Slice(at, (int)length);
            extra = (mask & HasName) != 0 ? Encoding.UTF8.GetString(bytes) : bytes.ToArray();
            at += (int)length;
        }

        Device device = default;
        if (mask >= HasDuration && !TryReadDevice(input, ref at, mask, out device))
        {
            return false;
        }

        e = new TraceEvent
        {
            TimeNs = _timeNs,
            ObjectId = _objectId,
            SizeBytes = size,
            OffsetBytes = offset,
            ClientId = _clientId,
            Kind = kind,
            RelatedId = (mask & HasRelated) != 0 ? _relatedId : 0,
            From = (MemoryDomain)(domains >> 4),
            To = (MemoryDomain)(domains & 15),
            Cause = (TraceCause)cause,
            Reason = reason,
            Flags = (TraceFlags)flags,
            Extra = extra,
            DurationNs = device.DurationNs,
            Detail = device.Detail,
            Count = device.Count,
            DeviceKind = device.Kind,
            Status = device.Status,
            Placement = device.Placement,
        };
        return true;
    }

    private static bool TryReadDevice(ReadOnlySpan<byte> input, ref int at, uint mask, out Device device)
    {
        device = default;
        long count = 0;
        if (((mask & HasDuration) != 0 && !Varint.TryRead(input, ref at, out device.DurationNs)) ||
            ((mask & HasDetail) != 0 && !Varint.TryRead(input, ref at, out device.Detail)) ||
            ((mask & HasCount) != 0 && !Varint.TryReadSigned(input, ref at, out count)))
        {
            return false;
        }

        device.Count = unchecked((int)count);
        if ((mask & HasDeviceKind) != 0)
        {
            if (input.Length - at < 2)
            {
                return false;
            }

            device.Kind = (DeviceEventKind)input[at++];
            device.Status = (MmStatus)input[at++];
        }

        if ((mask & HasPlacement) != 0)
        {
            if (at >= input.Length)
            {
                return false;
            }

            byte wishes = input[at++];
            if (wishes > 8 || !Varint.TryRead(input, ref at, out ulong packed))
            {
                return false;
            }

            device.Placement = new PlacementCode(packed, wishes);
        }

        return true;
    }

    private struct Device
    {
        public ulong DurationNs;
        public ulong Detail;
        public int Count;
        public DeviceEventKind Kind;
        public MmStatus Status;
        public PlacementCode Placement;
    }
}
