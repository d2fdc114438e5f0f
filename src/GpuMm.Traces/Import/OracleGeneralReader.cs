using System;
using System.Buffers.Binary;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>oracleGeneral of libCacheSim: records of 24 bytes {u32 seconds, u64 id, u32 size, i64 next access}.</summary>
/// <remarks>
/// Each record is a use of an object; objects of size 0 are left out, as its readers do. Where the next access was known,
/// Related is its number (from 1). Memory: 1 MiB. Source: libCacheSim's trace readers, for the layout.
/// </remarks>
internal sealed class OracleGeneralReader : ITraceReader
{
    public const int RecordBytes = 24;

    private const long NsPerSecond = 1_000_000_000;

    private readonly TraceInput _input;
    private readonly byte[] _buffer = new byte[RecordBytes * 43_690]; // A little under 1 MiB.
    private int _start;
    private int _end;
    private long _offset;
    private bool _isAtEnd;

    public OracleGeneralReader(TraceInput input)
    {
        _input = input;
        Description = new TraceDescription
        {
            Format = "oracle",
            EventCount = input.IsCompressed ? null : input.Stream.Length / RecordBytes,
        };
    }

    public TraceDescription Description { get; }

    public string? Warning { get; private set; }

    public double Progress => _input.Progress;

    public int Read(Span<TraceEvent> batch)
    {
        int count = 0;
        while (count < batch.Length)
        {
            if (_end - _start < RecordBytes && !Fill())
            {
                break;
            }

            int take = Math.Min(batch.Length - count, (_end - _start) / RecordBytes);
            ReadOnlySpan<byte> records = _buffer.AsSpan(_start, take * RecordBytes);
            for (int i = 0; i < take; i++)
            {
                ReadOnlySpan<byte> record = records.Slice(i * RecordBytes, RecordBytes);
                uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
                if (size == 0)
                {
                    continue;
                }

                long next = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
                batch[count++] = new TraceEvent
                {
                    Kind = TraceKind.Use,
                    TimeNs = BinaryPrimitives.ReadUInt32LittleEndian(record) * NsPerSecond,
                    ObjectId = BinaryPrimitives.ReadUInt64LittleEndian(record[4..]),
                    SizeBytes = size,
                    RelatedId = next is > 0 and < long.MaxValue ? (ulong)next : 0,
                };
            }

            _start += take * RecordBytes;
        }

        return count;
    }

    public void Dispose() => _input.Dispose();

    private bool Fill()
    {
        if (_isAtEnd)
        {
            return false;
        }

        int rest = _end - _start;
        _buffer.AsSpan(_start, rest).CopyTo(_buffer);
        _offset += _start;
        _start = 0;
        try
        {
            _end = rest + _input.Stream.ReadAtLeast(_buffer.AsSpan(rest), RecordBytes, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is ZstdSharp.ZstdException or System.IO.IOException)
        {
            throw new TraceFormatException(_input.File, _input.Position, $"the input cannot be read ({failure.Message.TrimEnd('.')})", "Take another copy of the file.", failure);
        }

        if (_end - _start >= RecordBytes)
        {
            return true;
        }

        _isAtEnd = true;
        if (_end > 0)
        {
            throw new TraceFormatException(
                _input.File, _offset, $"the last record has {_end} bytes instead of {RecordBytes}",
                "The file is cut off or is not in oracleGeneral form; name its format with --from.");
        }

        return false;
    }
}
