using System;

namespace GpuMm.Traces.Format;

/// <summary>Whole numbers in groups of 7 bits, smallest first; signed ones with the sign in bit 0.</summary>
internal static class Varint
{
    public static void Write(Span<byte> output, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            output[at++] = unchecked((byte)(value | 0x80));
            value >>= 7;
        }

        output[at++] = (byte)value;
    }

    public static void WriteSigned(Span<byte> output, ref int at, long value) =>
        Write(output, ref at, unchecked((ulong)((value << 1) ^ (value >> 63))));

    public static bool TryRead(ReadOnlySpan<byte> input, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)input.Length)
            {
                return false;
            }

            byte next = input[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1; // The tenth byte holds one bit.
            }
        }

        return false;
    }

    public static bool TryReadSigned(ReadOnlySpan<byte> input, ref int at, out long value)
    {
        bool isRead = TryRead(input, ref at, out ulong raw);
        value = unchecked((long)(raw >> 1) ^ -(long)(raw & 1));
        return isRead;
    }
}
