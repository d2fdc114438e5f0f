using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GpuMm.Vulkan.Mirror;

/// <summary>
/// The checksum of a page, as <c>shaders/checksum/mix.glsl</c> takes it on the device: every word counts, and where it
/// stands. Two sums of 32 bits, the second weighted by position.
/// </summary>
internal static class PageSum
{
    /// <summary>Words of 32 bits in a page.</summary>
    public const int WordCount = 1024;

    private const uint Golden = 0x9E3779B9;
    private const uint First = 0x85EBCA6B;
    private const uint Second = 0xC2B2AE35;

    /// <summary>The checksum of a page of zeroes.</summary>
    public static ulong OfZeroes { get; } = Of(new byte[WordCount * sizeof(uint)]);

    /// <summary>The checksum of a page.</summary>
    /// <param name="page">4096 bytes.</param>
    /// <remarks>Cost: about a nanosecond per 16 bytes where the processor has 256-bit vectors.</remarks>
    public static ulong Of(ReadOnlySpan<byte> page)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(page.Length, WordCount * sizeof(uint), nameof(page));
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(page);
        Vector256<uint> index = Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
        Vector256<uint> step = Vector256.Create((uint)Vector256<uint>.Count);
        Vector256<uint> sum = default;
        Vector256<uint> weighted = default;
        for (int i = 0; i < words.Length; i += Vector256<uint>.Count)
        {
            Vector256<uint> mixed = Vector256.Create(words[i..]) ^ (index * Golden);
            mixed *= First;
            mixed ^= mixed >>> 15;
            mixed *= Second;
            mixed ^= mixed >>> 13;
            sum += mixed;
            weighted += mixed * ((index << 1) | Vector256<uint>.One);
            index += step;
        }

        return Pack(Vector256.Sum(sum), Vector256.Sum(weighted));
    }

    /// <summary>The same, word by word: what the shader does, easy to read.</summary>
    /// <param name="page">4096 bytes.</param>
    public static ulong OfSlowly(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(page);
        uint sum = 0;
        uint weighted = 0;
        unchecked
        {
            for (uint i = 0; i < (uint)words.Length; i++)
            {
                uint mixed = words[(int)i] ^ (i * Golden);
                mixed *= First;
                mixed ^= mixed >> 15;
                mixed *= Second;
                mixed ^= mixed >> 13;
                sum += mixed;
                weighted += mixed * ((i << 1) | 1);
            }
        }

        return Pack(sum, weighted);
    }

    /// <summary>The checksum of an object: over those of its pages, in order.</summary>
    /// <param name="sums">One per page.</param>
    public static ulong OfPages(ReadOnlySpan<ulong> sums)
    {
        ulong all = 0;
        foreach (ulong sum in sums)
        {
            all = unchecked((BitOperations.RotateLeft(all, 7) ^ sum) * 0x9FB21C651E98DF25);
        }

        return all;
    }

    private static ulong Pack(uint sum, uint weighted) => ((ulong)weighted << 32) | sum;
}
