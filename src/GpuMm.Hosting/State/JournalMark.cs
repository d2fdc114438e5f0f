using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Hashing;

namespace GpuMm.Hosting.State;

/// <summary>A record that says: all before me is on the disk. It tells damage from a write that was cut short.</summary>
/// <remarks>
/// Each write begins with one, and one follows when the journal rests. A bad record with a mark somewhere behind it was on the
/// disk once and acknowledged; one without was the last write, which nobody was told of. A write of several pages may reach the
/// disk in any order, so whole records behind a bad one prove nothing, marks do. A mark names its own place and its file's secret
/// number, so that no client can write one by putting bytes into an object.
/// </remarks>
internal static class JournalMark
{
    /// <summary>Bytes of the record: <c>length | crc32 | kind : 1 | place : u64 | number : u32</c>.</summary>
    public const int Bytes = RecordBuilder.HeaderBytes + PayloadBytes;

    private const int PayloadBytes = 13;

    public static void Write(Span<byte> into, long place, uint number)
    {
        Span<byte> payload = into.Slice(RecordBuilder.HeaderBytes, PayloadBytes);
        payload[0] = (byte)RecordKind.Mark;
        BinaryPrimitives.WriteUInt64LittleEndian(payload[1..], (ulong)place);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[9..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(into, PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Crc32.HashToUInt32(payload));
    }

    /// <summary>Whole records of a journal from a place on, marks left out. Behind a bad one counting goes on at the next mark.</summary>
    /// <remarks>Cost: O(bytes behind it), all of them in memory.</remarks>
    public static long CountRecords(string path, long from, uint number)
    {
        byte[] bytes = new byte[Math.Clamp(new FileInfo(path).Length - from, 0, Array.MaxLength)];
        using (FileStream stream = File.OpenRead(path))
        {
            stream.Position = Math.Min(from, stream.Length);
            stream.ReadExactly(bytes);
        }

        long count = 0;
        bool isInStep = false;
        int at = 0;
        while (at <= bytes.Length - RecordBuilder.HeaderBytes)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(at);
            isInStep = isInStep || IsMark(rest, from + at, number);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            isInStep = isInStep && length > 0 && length <= (uint)(rest.Length - RecordBuilder.HeaderBytes) &&
                Crc32.HashToUInt32(rest.Slice(RecordBuilder.HeaderBytes, (int)length)) == BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            count += isInStep && rest[RecordBuilder.HeaderBytes] != (byte)RecordKind.Mark ? 1 : 0;
            at += isInStep ? RecordBuilder.HeaderBytes + (int)length : 1;
        }

        return count;
    }

    /// <summary>The last mark at or behind a place; -1 when there is none. Cost: O(bytes behind it).</summary>
    public static long FindLast(string path, long from, uint number)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] window = new byte[Math.Clamp(stream.Length - from, 2 * Bytes, 1 << 20)];
        long found = -1;
        for (long start = from; start < stream.Length; start += window.Length - Bytes)
        {
            stream.Position = start;
            int count = stream.ReadAtLeast(window, window.Length, throwOnEndOfStream: false);
            for (int i = 0; i <= count - Bytes; i++)
            {
                found = IsMark(window.AsSpan(i, count - i), start + i, number) ? start + i : found;
            }
        }

        return found;
    }

    // Most bytes are no length of a mark, so most are passed over at once.
    private static bool IsMark(ReadOnlySpan<byte> bytes, long place, uint number)
    {
        if (bytes.Length < Bytes || bytes[0] != PayloadBytes || bytes[RecordBuilder.HeaderBytes] != (byte)RecordKind.Mark)
        {
            return false;
        }

        Span<byte> mark = stackalloc byte[Bytes];
        Write(mark, place, number);
        return bytes[..Bytes].SequenceEqual(mark);
    }
}
