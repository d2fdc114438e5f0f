using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Hashing;
using System.Text;

namespace GpuMm.Hosting.State;

/// <summary>Reads records from a stream, and says where the last whole one ended.</summary>
internal sealed class RecordReader(Stream stream, string path)
{
    private readonly byte[] _header = new byte[RecordBuilder.HeaderBytes];
    private byte[] _payload = new byte[256];
    private int _length;
    private int _position;

    /// <summary>The kind of the record that was read.</summary>
    public RecordKind Kind { get; private set; }

    /// <summary>Byte after the last whole record.</summary>
    public long GoodBytes { get; private set; }

    /// <summary>Says where records begin.</summary>
    public void BeginAt(long position) => GoodBytes = position;

    /// <summary>Reads the next record; false at the end, or where no whole record follows.</summary>
    public bool TryNext()
    {
        if (stream.ReadAtLeast(_header, _header.Length, throwOnEndOfStream: false) < _header.Length)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_header);
        if (length is 0 or > RecordBuilder.MaxPayloadBytes || length > stream.Length - stream.Position)
        {
            return false;
        }

        if (_payload.Length < length)
        {
            _payload = new byte[Math.Max(length, (uint)_payload.Length * 2)];
        }

        stream.ReadExactly(_payload, 0, (int)length);
        if (Crc32.HashToUInt32(_payload.AsSpan(0, (int)length)) != BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(4)))
        {
            return false;
        }

        _length = (int)length;
        _position = 0;
        Kind = (RecordKind)Byte();
        GoodBytes += RecordBuilder.HeaderBytes + length;
        return true;
    }

    public byte Byte() => Take(1)[0];

    public uint UInt() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int Int() => unchecked((int)UInt());

    public ulong ULong() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Take(Int());

    public string? Text()
    {
        int length = Int();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _length - _position)
        {
            throw new StateException($"{path}: a record of kind {Kind} at byte {GoodBytes} is shorter than it should be; the file was written by another version, or is damaged.");
        }

        ReadOnlySpan<byte> taken = _payload.AsSpan(_position, count);
        _position += count;
        return taken;
    }
}
