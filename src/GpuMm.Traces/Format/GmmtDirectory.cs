using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Format;

/// <summary>The header of a native trace and the list of its blocks: from the index, or by looking at each block.</summary>
internal sealed class GmmtDirectory
{
    private readonly Stream _stream;
    private readonly string _file;

    private GmmtDirectory(Stream stream, string file)
    {
        _stream = stream;
        _file = file;
    }

    public List<GmmtBlock> Blocks { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Properties { get; private set; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public string? Warning { get; private set; }

    public long EventCount => Blocks.Count == 0 ? 0 : Blocks[^1].FirstEvent + Blocks[^1].EventCount;

    public static GmmtDirectory Read(Stream stream, string file)
    {
        GmmtDirectory directory = new(stream, file);
        long start = directory.ReadHeader();
        if (!directory.TryReadIndex(start))
        {
            directory.Scan(start);
        }

        return directory;
    }

    private long ReadHeader()
    {
        Span<byte> head = stackalloc byte[GmmtLayout.FileHeaderBytes];
        if (!TryRead(0, head) || !head[..8].SequenceEqual(GmmtLayout.FileMagic))
        {
            throw new TraceFormatException(_file, 0, "this is no GpuMm trace, or only the beginning of one", "Give a .gmmt file; other formats are told by --from.");
        }

        int metadataBytes = BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
        byte[] whole = metadataBytes is >= 0 and <= GmmtLayout.MaxMetadataBytes
            ? new byte[GmmtLayout.FileHeaderBytes + metadataBytes + GmmtLayout.ChecksumBytes] : [];
        if (whole.Length == 0 || !TryRead(0, whole) || !GmmtLayout.ChecksumMatches(whole))
        {
            throw new TraceFormatException(_file, 8, "the header is damaged or cut off", "Take another copy of the file, or record again.");
        }

        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(head[8..]);
        if (major != GmmtLayout.MajorVersion)
        {
            throw new TraceFormatException(
                _file, 8, string.Create(CultureInfo.InvariantCulture, $"the trace is of version {major}, this program reads version {GmmtLayout.MajorVersion}"),
                "Use the program that wrote it, or a later one.");
        }

        try
        {
            ReadOnlySpan<byte> json = whole.AsSpan(GmmtLayout.FileHeaderBytes, metadataBytes);
            Properties = JsonSerializer.Deserialize(json, TraceJsonContext.Default.SortedDictionaryStringString) ?? Properties;
        }
        catch (JsonException failure)
        {
            throw new TraceFormatException(_file, GmmtLayout.FileHeaderBytes, "the properties are no JSON object of strings", "Record again.", failure);
        }

        return whole.Length;
    }

    // False, with a warning, when there is no index that can be believed.
    private bool TryReadIndex(long start)
    {
        Span<byte> trailer = stackalloc byte[GmmtLayout.TrailerBytes];
        long end = _stream.Length - GmmtLayout.TrailerBytes;
        if (end < start || !TryRead(end, trailer) || !trailer[16..].SequenceEqual(GmmtLayout.TrailerMagic) ||
            !GmmtLayout.ChecksumMatches(trailer[..16]))
        {
            return false;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        long indexBytes = end - offset;
        if (offset < start || indexBytes < GmmtLayout.IndexHeaderBytes + GmmtLayout.ChecksumBytes || indexBytes > Array.MaxLength)
        {
            return false;
        }

        byte[] index = new byte[indexBytes];
        if (!TryRead(offset, index) || !GmmtLayout.ChecksumMatches(index) ||
            BinaryPrimitives.ReadUInt32LittleEndian(index) != GmmtLayout.IndexMagic)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(4));
        if (count < 0 || GmmtLayout.IndexHeaderBytes + ((long)count * GmmtLayout.IndexEntryBytes) + GmmtLayout.ChecksumBytes != indexBytes)
        {
            return false;
        }

        return TryTakeEntries(index.AsSpan(GmmtLayout.IndexHeaderBytes), count, start, offset) &&
            EventCount == BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(8));
    }

    // Blocks follow each other without gaps, up to the index.
    private bool TryTakeEntries(ReadOnlySpan<byte> entries, int count, long start, long end)
    {
        List<GmmtBlock> blocks = new(count);
        long events = 0;
        for (int i = 0; i < count; i++)
        {
            GmmtBlock block = GmmtBlock.ReadEntry(entries[(i * GmmtLayout.IndexEntryBytes)..]);
            if (block.Offset != start || block.StoredBytes is <= 0 or > GmmtLayout.MaxBlockBytes || block.FirstEvent != events || block.EventCount <= 0)
            {
                return false;
            }

            blocks.Add(block);
            start += block.TotalBytes;
            events += block.EventCount;
        }

        Blocks = blocks;
        return start == end;
    }

    private void Scan(long start)
    {
        Blocks = [];
        byte[] bytes = new byte[GmmtLayout.BlockHeaderBytes];
        long offset = start;
        long length = _stream.Length;
        while (TryRead(offset, bytes.AsSpan(0, GmmtLayout.BlockHeaderBytes)) &&
            GmmtBlock.TryReadHeader(bytes, offset, out GmmtBlock block, out _, out _) &&
            block.FirstEvent == EventCount && block.TotalBytes <= length - offset)
        {
            if (bytes.Length < block.TotalBytes)
            {
                bytes = new byte[block.TotalBytes];
            }

            Span<byte> whole = bytes.AsSpan(0, (int)block.TotalBytes);
            if (!TryRead(offset, whole) || !GmmtLayout.ChecksumMatches(whole))
            {
                break;
            }

            Blocks.Add(block);
            offset += block.TotalBytes;
        }

        Warning = string.Create(
            CultureInfo.InvariantCulture,
            $"{_file}: at byte {offset}: the recording was cut off or is damaged here, and {length - offset} bytes cannot be used; the {EventCount} events before it are intact.");
    }

    private bool TryRead(long offset, Span<byte> bytes)
    {
        if (offset > _stream.Length - bytes.Length)
        {
            return false;
        }

        _stream.Position = offset;
        return _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }
}
