using System;
using System.Buffers.Binary;

namespace GpuMm.Traces.Format;

/// <summary>Where one block lies and what it covers: an entry of the index, and the header of the block itself.</summary>
internal readonly record struct GmmtBlock(
    long Offset, long LeastTimeNs, long LatestTimeNs, long FirstEvent, int EventCount, int StoredBytes)
{
    public long TotalBytes => GmmtLayout.BlockHeaderBytes + (long)StoredBytes + GmmtLayout.ChecksumBytes;

    public void WriteEntry(Span<byte> entry)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, Offset);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], LeastTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], LatestTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(entry[24..], FirstEvent);
        BinaryPrimitives.WriteInt32LittleEndian(entry[32..], EventCount);
        BinaryPrimitives.WriteInt32LittleEndian(entry[36..], StoredBytes);
    }

    public static GmmtBlock ReadEntry(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadInt64LittleEndian(entry),
        BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[32..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[36..]));

    public void WriteHeader(Span<byte> header, int rawBytes, byte codec)
    {
        header[..GmmtLayout.BlockHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, GmmtLayout.BlockMagic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], StoredBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], rawBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], EventCount);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], LeastTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], LatestTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], FirstEvent);
        header[40] = codec;
    }

    /// <summary>Reads a header; false when it is none, or states what no writer writes.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, long offset, out GmmtBlock block, out int rawBytes, out byte codec)
    {
        block = new GmmtBlock(
            offset,
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[4..]));
        rawBytes = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        codec = header[40];
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == GmmtLayout.BlockMagic &&
            block.StoredBytes is > 0 and <= GmmtLayout.MaxBlockBytes &&
            rawBytes is > 0 and <= GmmtLayout.MaxBlockBytes &&
            block.EventCount > 0 && block.EventCount <= rawBytes && block.FirstEvent >= 0;
    }
}
