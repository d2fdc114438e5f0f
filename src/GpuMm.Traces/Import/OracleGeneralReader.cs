using System;
using System.Buffers.Binary;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>oracleGeneral of libCacheSim: records of 24 bytes {u32 seconds, u64 id, u32 size, i64 next access}.</summary>
/// <remarks>
/// Each record is a use of an object; objects of size 0 are left out, as its readers do. Where the next access was known,
/// Related is its number (from 1). Memory: 1 MiB. Source: libCacheSim's trace readers, for the layout.
/// </remarks>
internal sealed class OracleGeneralReader : IUseReader
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
        while (count < batch.Length && TryTake(batch.Length - count, count > 0, out ReadOnlySpan<byte> records))
        {
            for (; !records.IsEmpty; records = records[RecordBytes..])
            {
                TraceUse use = UseOf(records);
                if (use.SizeBytes == 0)
                {
                    continue;
                }

                long next = BinaryPrimitives.ReadInt64LittleEndian(records[16..]);
                batch[count++] = new TraceEvent
                {
                    Kind = TraceKind.Use,
                    TimeNs = use.TimeNs,
                    ObjectId = use.ObjectId,
                    SizeBytes = use.SizeBytes,
                    RelatedId = next is > 0 and < long.MaxValue ? (ulong)next : 0,
                };
            }
        }

        return count;
    }

    public int ReadUses(Span<TraceUse> batch)
    {
        int count = 0;
        while (count < batch.Length && TryTake(batch.Length - count, count > 0, out ReadOnlySpan<byte> records))
        {
            for (; !records.IsEmpty; records = records[RecordBytes..])
            {
                TraceUse use = UseOf(records);
                batch[count] = use;
                count += use.SizeBytes == 0 ? 0 : 1;
            }
        }

        return count;
    }

    public void Dispose() => _input.Dispose();

    private static TraceUse UseOf(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(record[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(record[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(record) * NsPerSecond);

    // Whole records. Who has some already takes no more than are there: what lies behind may be damaged, and is told next time.
    private bool TryTake(int most, bool hasSome, out ReadOnlySpan<byte> records)
    {
        records = default;
        if (_end - _start < RecordBytes && (hasSome || !Fill()))
        {
            return false;
        }

        int bytes = Math.Min(most, (_end - _start) / RecordBytes) * RecordBytes;
        records = _buffer.AsSpan(_start, bytes);
        _start += bytes;
        return true;
    }

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
