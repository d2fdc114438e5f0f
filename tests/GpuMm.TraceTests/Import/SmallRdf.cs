using System;
using System.Buffers.Binary;
using System.IO;

namespace GpuMm.TraceTests.Import;

/// <summary>A Radeon trace cut down to the first tokens of each stream, one of them compressed.</summary>
internal static class SmallRdf
{
    public static byte[] Shrink(byte[] whole, int tokenBytes)
    {
        long index = BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(16));
        long size = BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(24));
        MemoryStream output = new();
        output.Write(whole.AsSpan(0, 32));
        MemoryStream entries = new();
        bool isFirst = true;
        for (long at = index; at < index + size; at += 64)
        {
            byte[] entry = whole.AsSpan((int)at, 64).ToArray();
            bool isTokens = entry.AsSpan(0, 7).SequenceEqual("RmtData"u8);
            if (!isTokens && !entry.AsSpan(0, 11).SequenceEqual("AdapterInfo"u8) && !entry.AsSpan(0, 13).SequenceEqual("GpuMemSegment"u8))
            {
                continue;
            }

            int headerBytes = (int)Get(entry, 32);
            ReadOnlySpan<byte> header = whole.AsSpan((int)Get(entry, 24), headerBytes);
            int dataBytes = (int)Math.Min(Get(entry, 48), isTokens ? tokenBytes : int.MaxValue);
            byte[] data = whole.AsSpan((int)Get(entry, 40), isTokens ? WholeTokens(whole.AsSpan((int)Get(entry, 40)), dataBytes, isFirst) : dataBytes).ToArray();
            Set(entry, 24, output.Length);
            output.Write(header);
            Set(entry, 40, output.Length);
            Set(entry, 48, data.Length);
            if (isTokens && isFirst)
            {
                using ZstdSharp.Compressor compressor = new(3);
                byte[] packed = compressor.Wrap(data).ToArray();
                entry[16] = 1;
                Set(entry, 48, packed.Length);
                Set(entry, 56, data.Length);
                data = packed;
                isFirst = false;
            }

            output.Write(data);
            entries.Write(entry);
        }

        long newIndex = output.Length;
        entries.WriteTo(output);
        byte[] result = output.ToArray();
        Set(result, 16, newIndex);
        Set(result, 24, entries.Length);
        return result;
    }

    // Cut between tokens: where, our own walker says.
    private static int WholeTokens(ReadOnlySpan<byte> data, int most, bool isFirst)
    {
        GpuMm.Traces.Import.RmtStream stream = new(data[..most].ToArray(), isFirst ? 1 : 8, isFirst ? 0 : 1, 0);
        int end = 0;
        while (stream.Next())
        {
            end = (int)stream.Offset + stream.Token.Length;
        }

        return end;
    }

    private static long Get(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    private static void Set(byte[] bytes, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
}
