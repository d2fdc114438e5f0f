using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using GpuMm.Traces.Model;
using ZstdSharp;

namespace GpuMm.Traces.Format;

/// <summary>Writes the native format, block by block, while the recorded program runs.</summary>
/// <remarks>
/// One thread. Every finished block is handed to the operating system at once, so a crash of the process loses at most
/// the block being filled. Memory: three blocks, and 40 bytes of index per block. No managed allocation per event.
/// </remarks>
public sealed class GmmtWriter : ITraceWriter
{
    private readonly Stream _stream;
    private readonly string _file;
    private readonly int _blockBytes;
    private readonly Compressor? _compressor;
    private readonly List<GmmtBlock> _blocks = [];
    private byte[] _raw;
    private byte[] _stored;
    private int _used;
    private int _events;
    private long _leastTimeNs;
    private long _latestTimeNs;
    private long _firstEvent;
    private long _offset;
    private GmmtCoder _coder;
    private bool _isComplete;

    /// <summary>Starts a trace: writes its header.</summary>
    /// <param name="stream">Where to; only written to, from its present position as byte 0. Disposed with the writer.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="properties">Facts to keep; at most 1 MiB as JSON.</param>
    /// <param name="options">Block size and compression; null for the usual.</param>
    public GmmtWriter(Stream stream, string file, IReadOnlyDictionary<string, string>? properties = null, GmmtWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(file);
        options ??= new GmmtWriterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockBytes, 4096, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BlockBytes, 4 << 20, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.CompressionLevel, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CompressionLevel, 19, nameof(options));
        _stream = stream;
        _file = file;
        _blockBytes = options.BlockBytes;
        _compressor = options.CompressionLevel == 0 ? null : new Compressor(options.CompressionLevel);
        _raw = new byte[options.BlockBytes];
        _stored = new byte[GmmtLayout.BlockHeaderBytes + Compressor.GetCompressBound(options.BlockBytes) + GmmtLayout.ChecksumBytes];
        WriteHeader(properties ?? new Dictionary<string, string>(StringComparer.Ordinal));
    }

    /// <summary>Events written so far.</summary>
    public long EventCount => _firstEvent + _events;

    /// <inheritdoc/>
    public long Written => EventCount;

    /// <summary>Bytes handed to the stream so far.</summary>
    public long WrittenBytes => _offset;

    /// <inheritdoc/>
    public void Write(in TraceEvent traceEvent)
    {
        ObjectDisposedException.ThrowIf(_isComplete, this);
        int most = GmmtCoder.MaxFixedBytes;
        if (traceEvent.Extra is not null)
        {
            CheckExtra(traceEvent);
            most = GmmtCoder.MaxBytes(traceEvent);
        }

        if (_used + most > _raw.Length)
        {
            MakeRoom(most);
        }

        if (_events == 0)
        {
            _leastTimeNs = _latestTimeNs = traceEvent.TimeNs;
        }

        _leastTimeNs = Math.Min(_leastTimeNs, traceEvent.TimeNs);
        _latestTimeNs = Math.Max(_latestTimeNs, traceEvent.TimeNs);
        _used += _coder.Write(_raw.AsSpan(_used), traceEvent);
        _events++;
    }

    /// <summary>Ends the block being filled, so that a crash from here on loses nothing of what was written.</summary>
    public void Flush()
    {
        if (_events == 0)
        {
            return;
        }

        ReadOnlySpan<byte> raw = _raw.AsSpan(0, _used);
        Span<byte> body = _stored.AsSpan(GmmtLayout.BlockHeaderBytes);
        int storedBytes = _compressor is null ? int.MaxValue : _compressor.Wrap(raw, body);
        byte codec = GmmtLayout.CodecZstd;
        if (storedBytes >= raw.Length)
        {
            raw.CopyTo(body);
            storedBytes = raw.Length;
            codec = GmmtLayout.CodecStored;
        }

        GmmtBlock block = new(_offset, _leastTimeNs, _latestTimeNs, _firstEvent, _events, storedBytes);
        block.WriteHeader(_stored, raw.Length, codec);
        Span<byte> whole = _stored.AsSpan(0, (int)block.TotalBytes);
        GmmtLayout.AppendChecksum(whole);
        Emit(whole);
        _blocks.Add(block);
        _firstEvent += _events;
        _events = 0;
        _used = 0;
        _coder = default;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_isComplete)
        {
            return;
        }

        Flush();
        long indexOffset = _offset;
        byte[] index = new byte[GmmtLayout.IndexHeaderBytes + (_blocks.Count * GmmtLayout.IndexEntryBytes) + GmmtLayout.ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(index, GmmtLayout.IndexMagic);
        BinaryPrimitives.WriteInt32LittleEndian(index.AsSpan(4), _blocks.Count);
        BinaryPrimitives.WriteInt64LittleEndian(index.AsSpan(8), _firstEvent);
        for (int i = 0; i < _blocks.Count; i++)
        {
            _blocks[i].WriteEntry(index.AsSpan(GmmtLayout.IndexHeaderBytes + (i * GmmtLayout.IndexEntryBytes)));
        }

        GmmtLayout.AppendChecksum(index);
        Emit(index);
        Span<byte> trailer = stackalloc byte[GmmtLayout.TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, indexOffset);
        GmmtLayout.AppendChecksum(trailer[..16]);
        GmmtLayout.TrailerMagic.CopyTo(trailer[16..]);
        Emit(trailer);
        _isComplete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compressor?.Dispose();
        _stream.Dispose();
        _isComplete = true;
    }

    private static void CheckExtra(in TraceEvent e)
    {
        if (e.Name is { } name && System.Text.Encoding.UTF8.GetByteCount(name) > GmmtLayout.MaxNameBytes)
        {
            throw new ArgumentException($"A name has at most {GmmtLayout.MaxNameBytes} bytes.", nameof(e));
        }

        if (e.Contents is { Length: > GmmtLayout.MaxContentsBytes })
        {
            throw new ArgumentException($"The contents of one event are at most {GmmtLayout.MaxContentsBytes} bytes; split them.", nameof(e));
        }
    }

    private void MakeRoom(int bytes)
    {
        Flush();
        if (bytes > _raw.Length)
        {
            _raw = new byte[Math.Max(bytes, _blockBytes)];
            _stored = new byte[GmmtLayout.BlockHeaderBytes + Compressor.GetCompressBound(_raw.Length) + GmmtLayout.ChecksumBytes];
        }
    }

    private void WriteHeader(IReadOnlyDictionary<string, string> properties)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string key, string value) in properties)
        {
            sorted.Add(key, value);
        }

        byte[] metadata = JsonSerializer.SerializeToUtf8Bytes(sorted, TraceJsonContext.Default.SortedDictionaryStringString);
        if (metadata.Length > GmmtLayout.MaxMetadataBytes)
        {
            throw new ArgumentException($"{_file}: the properties have {metadata.Length} bytes; at most {GmmtLayout.MaxMetadataBytes} fit.", nameof(properties));
        }

        byte[] header = new byte[GmmtLayout.FileHeaderBytes + metadata.Length + GmmtLayout.ChecksumBytes];
        GmmtLayout.FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), GmmtLayout.MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), GmmtLayout.MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), metadata.Length);
        metadata.CopyTo(header.AsSpan(GmmtLayout.FileHeaderBytes));
        GmmtLayout.AppendChecksum(header);
        Emit(header);
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _stream.Flush();
        _offset += bytes.Length;
    }
}
