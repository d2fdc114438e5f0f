using System;
using System.Collections.Generic;
using System.IO;
using GpuMm.Traces.Model;
using ZstdSharp;

namespace GpuMm.Traces.Format;

/// <summary>Reads the native format, from the start or from a point in time.</summary>
/// <remarks>
/// One thread. Opening reads the header and the index only; a trace without an index (its writer did not come to the end)
/// is scanned, and what is whole is used. Memory: two blocks of at most 16 MiB, and 40 bytes per block.
/// </remarks>
public sealed class GmmtReader : ITraceReader
{
    private readonly Stream _stream;
    private readonly string _file;
    private readonly Decompressor _decompressor = new();
    private readonly List<GmmtBlock> _blocks;
    private byte[] _stored = [];
    private byte[] _raw = [];
    private int _rawBytes;
    private int _at;
    private int _eventsLeft;
    private int _nextBlock;
    private GmmtCoder _coder;

    /// <summary>Opens a trace.</summary>
    /// <param name="stream">The file; seekable. Disposed with the reader.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="TraceFormatException">It is no native trace, of a later version, or its header is damaged.</exception>
    public GmmtReader(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(file);
        _stream = stream;
        _file = file;
        GmmtDirectory directory = GmmtDirectory.Read(stream, file);
        _blocks = directory.Blocks;
        Warning = directory.Warning;
        Description = new TraceDescription { Format = "gmmt", EventCount = directory.EventCount, Properties = directory.Properties };
    }

    /// <inheritdoc/>
    public TraceDescription Description { get; }

    /// <inheritdoc/>
    public string? Warning { get; }

    /// <summary>True when the file ends as its writer meant it to.</summary>
    public bool IsComplete => Warning is null;

    /// <summary>Blocks that can be read.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>Time of the last event, ns; 0 for an empty trace. Cost: O(blocks).</summary>
    public long LatestTimeNs
    {
        get
        {
            long latest = 0;
            foreach (GmmtBlock block in _blocks)
            {
                latest = Math.Max(latest, block.LatestTimeNs);
            }

            return latest;
        }
    }

    /// <inheritdoc/>
    public double Progress => _blocks.Count == 0 ? 1 : (double)_nextBlock / _blocks.Count;

    /// <inheritdoc/>
    public int Read(Span<TraceEvent> batch)
    {
        int count = 0;
        while (count < batch.Length)
        {
            if (_eventsLeft == 0 && !LoadNext())
            {
                break;
            }

            int take = Math.Min(_eventsLeft, batch.Length - count);
            ReadOnlySpan<byte> raw = _raw.AsSpan(0, _rawBytes);
            for (int i = 0; i < take; i++)
            {
                if (!_coder.TryRead(raw, ref _at, out batch[count + i]))
                {
                    throw Damaged(_blocks[_nextBlock - 1], "holds an event that this version cannot read");
                }
            }

            count += take;
            _eventsLeft -= take;
            if (_eventsLeft == 0 && _at != _rawBytes)
            {
                throw Damaged(_blocks[_nextBlock - 1], "holds more bytes than events");
            }
        }

        return count;
    }

    /// <summary>Goes to the first event at or after a time; the next <see cref="Read"/> starts with it.</summary>
    /// <param name="timeNs">The time, ns; before the start means the start, after the end means the end.</param>
    /// <remarks>Cost: O(log blocks) and one block.</remarks>
    public void SeekTo(long timeNs)
    {
        int low = 0;
        int high = _blocks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _blocks[middle].LatestTimeNs >= timeNs ? (low, middle) : (middle + 1, high);
        }

        // Small disorder between blocks: an earlier one may reach as far.
        while (low > 0 && _blocks[low - 1].LatestTimeNs >= timeNs)
        {
            low--;
        }

        _nextBlock = low;
        _eventsLeft = 0;
        if (!LoadNext())
        {
            return;
        }

        while (_eventsLeft > 0)
        {
            GmmtCoder before = _coder;
            int at = _at;
            if (!_coder.TryRead(_raw.AsSpan(0, _rawBytes), ref _at, out TraceEvent next))
            {
                throw Damaged(_blocks[low], "holds an event that this version cannot read");
            }

            if (next.TimeNs >= timeNs)
            {
                _coder = before;
                _at = at;
                return;
            }

            _eventsLeft--;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decompressor.Dispose();
        _stream.Dispose();
    }

    private bool LoadNext()
    {
        if (_nextBlock >= _blocks.Count)
        {
            return false;
        }

        GmmtBlock block = _blocks[_nextBlock];
        int total = (int)block.TotalBytes;
        if (_stored.Length < total)
        {
            _stored = new byte[total];
        }

        Span<byte> whole = _stored.AsSpan(0, total);
        _stream.Position = block.Offset;
        if (_stream.ReadAtLeast(whole, total, throwOnEndOfStream: false) != total || !GmmtLayout.ChecksumMatches(whole))
        {
            throw Damaged(block, "has a wrong checksum");
        }

        if (!GmmtBlock.TryReadHeader(whole, block.Offset, out GmmtBlock stated, out _rawBytes, out byte codec) || stated != block)
        {
            throw Damaged(block, "is not what the index says");
        }

        Decompress(whole[GmmtLayout.BlockHeaderBytes..^GmmtLayout.ChecksumBytes], codec, block);
        _nextBlock++;
        _at = 0;
        _eventsLeft = block.EventCount;
        _coder = default;
        return true;
    }

    private void Decompress(ReadOnlySpan<byte> body, byte codec, in GmmtBlock block)
    {
        if (_raw.Length < _rawBytes)
        {
            _raw = new byte[_rawBytes];
        }

        if (codec == GmmtLayout.CodecStored && body.Length == _rawBytes)
        {
            body.CopyTo(_raw);
            return;
        }

        try
        {
            if (codec != GmmtLayout.CodecZstd || _decompressor.Unwrap(body, _raw.AsSpan(0, _rawBytes)) != _rawBytes)
            {
                throw Damaged(block, $"is stored in a way (codec {codec}) that this version cannot read");
            }
        }
        catch (ZstdException failure)
        {
            throw Damaged(block, "cannot be decompressed", failure);
        }
    }

    private TraceFormatException Damaged(in GmmtBlock block, string what, Exception? inner = null) => new(
        _file, block.Offset, $"the block of events {block.FirstEvent} to {block.FirstEvent + block.EventCount - 1} {what}",
        "The file changed after it was written: take another copy, or record again.", inner);
}
