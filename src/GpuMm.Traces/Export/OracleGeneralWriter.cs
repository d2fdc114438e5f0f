using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>oracleGeneral of libCacheSim: the uses of a trace, with the number of each object's next use.</summary>
/// <remarks>
/// Written forwards; the next uses are filled in backwards when it is complete, so the file must be seekable and readable.
/// Memory: 24 bytes and the table's overhead per object. A use of more than 4 GiB, or a time after 2^32 s, does not fit.
/// </remarks>
internal sealed class OracleGeneralWriter : ITraceWriter
{
    private const int RecordBytes = 24;
    private const int RecordsPerPiece = 40_000;
    private const long NsPerSecond = 1_000_000_000;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly Dictionary<ulong, ulong> _sizes = [];
    private readonly byte[] _buffer = new byte[RecordBytes * RecordsPerPiece];
    private int _used;
    private long _records;

    public OracleGeneralWriter(Stream stream, string file)
    {
        if (!stream.CanSeek || !stream.CanRead)
        {
            throw new ArgumentException($"{file}: oracleGeneral is finished backwards; write it to a file.", nameof(stream));
        }

        _stream = stream;
        _file = file;
    }

    public long Written => _records;

    public void Write(in TraceEvent e)
    {
        if (e.Kind == TraceKind.Create)
        {
            _sizes[e.ObjectId] = e.SizeBytes;
            return;
        }

        if (e.Kind == TraceKind.Destroy)
        {
            _sizes.Remove(e.ObjectId);
            return;
        }

        if (e.Kind != TraceKind.Use)
        {
            return;
        }

        // A use of a part still needs the whole object.
        ulong size = Math.Max(e.SizeBytes, _sizes.GetValueOrDefault(e.ObjectId));
        if (size is 0 or > uint.MaxValue)
        {
            throw new TraceFormatException(
                _file, _records * RecordBytes, $"object {e.ObjectId} has {size} bytes, and oracleGeneral keeps sizes from 1 to 4,294,967,295",
                "Export to another format, or leave such objects out.");
        }

        if (e.TimeNs / NsPerSecond is < 0 or > uint.MaxValue)
        {
            throw new TraceFormatException(
                _file, _records * RecordBytes, $"the time {e.TimeNs} ns is no 32-bit number of seconds", "Export to another format.");
        }

        Span<byte> record = _buffer.AsSpan(_used, RecordBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(e.TimeNs / NsPerSecond));
        BinaryPrimitives.WriteUInt64LittleEndian(record[4..], e.ObjectId);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)size);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], -1);
        _used += RecordBytes;
        _records++;
        if (_used == _buffer.Length)
        {
            Flush();
        }
    }

    public void Complete()
    {
        Flush();
        Dictionary<ulong, long> next = [];
        long end = _records;
        while (end > 0)
        {
            long start = Math.Max(0, end - RecordsPerPiece);
            Span<byte> piece = _buffer.AsSpan(0, (int)(end - start) * RecordBytes);
            _stream.Position = start * RecordBytes;
            _stream.ReadExactly(piece);
            for (long i = end - 1; i >= start; i--)
            {
                Span<byte> record = piece.Slice((int)(i - start) * RecordBytes, RecordBytes);
                ulong id = BinaryPrimitives.ReadUInt64LittleEndian(record[4..]);
                BinaryPrimitives.WriteInt64LittleEndian(record[16..], next.GetValueOrDefault(id, -1));
                next[id] = i + 1;
            }

            _stream.Position = start * RecordBytes;
            _stream.Write(piece);
            end = start;
        }

        _stream.Position = _records * RecordBytes;
        _stream.Flush();
    }

    public void Dispose() => _stream.Dispose();

    private void Flush()
    {
        _stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
