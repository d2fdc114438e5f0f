using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using GpuMm.Traces.Model;
using ZstdSharp;

namespace GpuMm.Traces.Import;

/// <summary>AMD's chunk container (RDF, version 3): a header, an index, and chunks that may be compressed.</summary>
/// <remarks>Source: the RDF specification that comes with Radeon Memory Visualizer, for the layout.</remarks>
internal sealed class RdfContainer
{
    public const int HeaderBytes = 32;
    public const int EntryBytes = 64;
    public const int MaxChunks = 100_000;
    public const long MaxFileBytes = 1L << 31;

    /// <summary>Most bytes of one decompressed chunk.</summary>
    public const int MaxChunkBytes = 1 << 30;

    private readonly byte[] _bytes;
    private readonly string _file;

    private RdfContainer(byte[] bytes, string file)
    {
        _bytes = bytes;
        _file = file;
    }

    public List<RdfChunk> Chunks { get; } = [];

    public static bool IsStart(ReadOnlySpan<byte> head) => head.StartsWith("AMD_RDF "u8);

    public static RdfContainer Read(Stream stream, string file)
    {
        MemoryStream all = new();
        byte[] piece = new byte[1 << 16];
        for (int count; (count = stream.Read(piece)) > 0;)
        {
            if (all.Length + count > MaxFileBytes - 4096)
            {
                throw new TraceFormatException(file, all.Length, "the file is larger than 2 GiB", "Cut the recording into shorter ones.");
            }

            all.Write(piece, 0, count);
        }

        RdfContainer container = new(all.ToArray(), file);
        container.ReadIndex();
        return container;
    }

    public ReadOnlySpan<byte> HeaderOf(in RdfChunk chunk) => _bytes.AsSpan((int)chunk.HeaderOffset, (int)chunk.HeaderBytes);

    /// <summary>The data of a chunk, decompressed.</summary>
    public ReadOnlyMemory<byte> DataOf(in RdfChunk chunk)
    {
        ReadOnlyMemory<byte> stored = _bytes.AsMemory((int)chunk.DataOffset, (int)chunk.DataBytes);
        if (!chunk.IsCompressed)
        {
            return stored;
        }

        // The stated size is checked against what zstd itself says before it is allocated.
        try
        {
            if (Decompressor.GetDecompressedSize(stored.Span) != (ulong)chunk.RawBytes)
            {
                throw Bad(chunk.DataOffset, $"chunk {chunk.Id} does not decompress to the {chunk.RawBytes} bytes that the index says");
            }

            using Decompressor decompressor = new();
            byte[] raw = new byte[chunk.RawBytes];
            return decompressor.Unwrap(stored.Span, raw) == raw.Length
                ? raw : throw Bad(chunk.DataOffset, $"chunk {chunk.Id} does not decompress to the {chunk.RawBytes} bytes that the index says");
        }
        catch (ZstdException failure)
        {
            throw Bad(chunk.DataOffset, $"chunk {chunk.Id} cannot be decompressed ({failure.Message})", failure);
        }
    }

    public TraceFormatException Bad(long offset, string what, Exception? inner = null) =>
        new(_file, offset, what, "The file is damaged or cut off: take another copy.", inner);

    private void ReadIndex()
    {
        if (_bytes.Length < HeaderBytes || !IsStart(_bytes))
        {
            throw Bad(0, "this is no RDF file");
        }

        long indexOffset = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(16));
        long indexBytes = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(24));
        if (!Holds(indexOffset, indexBytes) || indexBytes % EntryBytes != 0 || indexBytes / EntryBytes > MaxChunks)
        {
            throw Bad(16, $"the index (byte {indexOffset}, {indexBytes} bytes) does not lie in the file of {_bytes.Length} bytes");
        }

        for (long at = indexOffset; at < indexOffset + indexBytes; at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = _bytes.AsSpan((int)at, EntryBytes);
            ReadOnlySpan<byte> id = entry[..16];
            int end = id.IndexOf((byte)0);
            RdfChunk chunk = new(
                Encoding.Latin1.GetString(end < 0 ? id : id[..end]),
                entry[16] == 1,
                BinaryPrimitives.ReadInt64LittleEndian(entry[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[40..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[48..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[56..]));
            if (entry[16] > 1 || !Holds(chunk.HeaderOffset, chunk.HeaderBytes) || !Holds(chunk.DataOffset, chunk.DataBytes) ||
                chunk.RawBytes is < 0 or > MaxChunkBytes)
            {
                throw Bad(at, $"an index entry ({Printable(chunk.Id)}) points outside the file, or is compressed in an unknown way");
            }

            Chunks.Add(chunk with { Id = Printable(chunk.Id) });
        }
    }

    private bool Holds(long offset, long bytes) => offset >= 0 && bytes >= 0 && offset <= _bytes.Length && bytes <= _bytes.Length - offset;

    private static string Printable(string id) => Fields.Text(Encoding.Latin1.GetBytes(id), 16);
}
