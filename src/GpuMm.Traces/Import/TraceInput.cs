using System;
using System.IO;
using GpuMm.Traces.Model;
using ZstdSharp;

namespace GpuMm.Traces.Import;

/// <summary>The bytes of a trace, decompressed on the way when they are compressed with zstd.</summary>
internal sealed class TraceInput : IDisposable
{
    /// <summary>Bytes that detection may look at.</summary>
    public const int HeadBytes = 8192;

    private readonly Stream _source;

    private TraceInput(Stream source, Stream stream, string file, bool isCompressed)
    {
        _source = source;
        Stream = stream;
        File = file;
        IsCompressed = isCompressed;
    }

    public string File { get; }

    public Stream Stream { get; }

    public bool IsCompressed { get; }

    public double Progress => _source.Length == 0 ? 1 : (double)_source.Position / _source.Length;

    public long Position => _source.Position;

    /// <summary>Opens a seekable source and looks at its start.</summary>
    public static TraceInput Open(Stream source, string file, out byte[] head)
    {
        head = ReadHead(source, file, decompress: false);
        source.Position = 0;
        bool isCompressed = head is [0x28, 0xB5, 0x2F, 0xFD, ..];
        if (!isCompressed)
        {
            return new TraceInput(source, source, file, isCompressed: false);
        }

        head = ReadHead(source, file, decompress: true);
        source.Position = 0;
        return new TraceInput(source, new DecompressionStream(source), file, isCompressed: true);
    }

    public void Dispose()
    {
        Stream.Dispose();
        _source.Dispose();
    }

    private static byte[] ReadHead(Stream source, string file, bool decompress)
    {
        source.Position = 0;
        byte[] head = new byte[HeadBytes];
        try
        {
            if (!decompress)
            {
                return head[..source.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
            }

            using DecompressionStream stream = new(source, leaveOpen: true);
            return head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is ZstdException or InvalidDataException or EndOfStreamException)
        {
            throw new TraceFormatException(file, 0, $"the zstd data cannot be decompressed ({failure.Message.TrimEnd('.')})", "Take another copy of the file.", failure);
        }
    }
}
