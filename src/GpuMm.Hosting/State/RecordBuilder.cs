using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace GpuMm.Hosting.State;

/// <summary>Builds records: <c>length : u32 | crc32 of the payload : u32 | payload</c>, the payload's first byte its kind.</summary>
/// <remarks>Little endian; text and bytes with a length before them. Not safe for concurrent use.</remarks>
internal sealed class RecordBuilder
{
    /// <summary>Bytes before a payload.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Largest payload.</summary>
    public const int MaxPayloadBytes = 1 << 30;

    private readonly ArrayBufferWriter<byte> _payload = new(256);

    /// <summary>Begins a record; whatever was begun before is dropped.</summary>
    public RecordBuilder Begin(RecordKind kind)
    {
        _payload.ResetWrittenCount();
        return Byte((byte)kind);
    }

    public RecordBuilder Byte(byte value)
    {
        _payload.GetSpan(1)[0] = value;
        _payload.Advance(1);
        return this;
    }

    public RecordBuilder UInt(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_payload.GetSpan(4), value);
        _payload.Advance(4);
        return this;
    }

    public RecordBuilder Int(int value) => UInt(unchecked((uint)value));

    public RecordBuilder ULong(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_payload.GetSpan(8), value);
        _payload.Advance(8);
        return this;
    }

    public RecordBuilder Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        _payload.Write(value);
        return this;
    }

    public RecordBuilder Text(string? value) => value is null ? Int(-1) : Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Appends the record to a buffer.</summary>
    public void AppendTo(ArrayBufferWriter<byte> buffer)
    {
        ReadOnlySpan<byte> payload = _payload.WrittenSpan;
        Span<byte> header = buffer.GetSpan(HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32.HashToUInt32(payload));
        buffer.Advance(HeaderBytes);
        buffer.Write(payload);
    }
}
