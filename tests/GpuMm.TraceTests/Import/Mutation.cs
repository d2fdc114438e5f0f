using System;
using System.Collections.Generic;
using CsCheck;

namespace GpuMm.TraceTests.Import;

/// <summary>One change to a recording: what broken disks, wrong transfers and ill-willed people do to files.</summary>
internal readonly record struct Mutation(int Kind, int Permille, int Value, int Length)
{
    private static readonly byte[][] s_words =
    [
        "18446744073709551615"u8.ToArray(), "-1"u8.ToArray(), "4294967296"u8.ToArray(), "0x"u8.ToArray(), ","u8.ToArray(), "\n"u8.ToArray(),
        "\0\0\0\0"u8.ToArray(), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], "[[[[[[[["u8.ToArray(), "{\"a\":"u8.ToArray(),
        "\""u8.ToArray(), "1e308"u8.ToArray(), "\u20ac"u8.ToArray(), "["u8.ToArray(), "free_completed"u8.ToArray(),
    ];

    public static Gen<Mutation[]> Some { get; } = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 1000], Gen.Int[0, 255], Gen.Int[1, 64],
        static (kind, permille, value, length) => new Mutation(kind, permille, value, length)).Array[1, 8];

    public static byte[] Apply(byte[] original, Mutation[] mutations)
    {
        List<byte> bytes = [.. original];
        foreach (Mutation mutation in mutations)
        {
            mutation.Apply(bytes);
        }

        return [.. bytes];
    }

    private void Apply(List<byte> bytes)
    {
        int at = (int)((long)bytes.Count * Permille / 1001);
        int length = Math.Min(Length, bytes.Count - at);
        switch (Kind)
        {
            case 0 or 1 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << (Value & 7));
                break;
            case 2 or 3 when bytes.Count > 0:
                bytes[at] = (byte)Value;
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6:
                bytes.InsertRange(at, s_words[Value % s_words.Length]);
                break;
            case 7:
                byte[] word = s_words[Value % s_words.Length];
                for (int i = 0; i < word.Length && at + i < bytes.Count; i++)
                {
                    bytes[at + i] = word[i];
                }

                break;
            case 8:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 9:
                int from = (int)((long)bytes.Count * (Value * 3) / 1001);
                List<byte> piece = bytes.GetRange(from, Math.Min(Length * 4, bytes.Count - from));
                bytes.InsertRange(at, piece);
                break;
        }
    }
}
