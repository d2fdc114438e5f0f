using System;
using System.Runtime.InteropServices;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>What the bytes of a page must be: a function of the texture, the page and how often it was rewritten.</summary>
public static class ContentPattern
{
    /// <summary>The first 8 bytes of a page; no two pages or versions share them.</summary>
    /// <param name="textureIndex">The texture, below 2^16.</param>
    /// <param name="pageIndex">The page, below 2^24.</param>
    /// <param name="version">How often it was rewritten, below 2^24.</param>
    public static ulong Head(int textureIndex, ulong pageIndex, uint version) =>
        Prng.Mix(((ulong)textureIndex << 48) | (pageIndex << 24) | version);

    /// <summary>Fills the start of a page.</summary>
    /// <param name="page">The bytes to fill; a multiple of 8.</param>
    /// <param name="head">The page's <see cref="Head"/>.</param>
    public static void Fill(Span<byte> page, ulong head)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = unchecked(head + ((ulong)i * 0x9E3779B97F4A7C15));
        }
    }

    /// <summary>Compares the start of a page with what it must be.</summary>
    /// <param name="page">The bytes; a multiple of 8.</param>
    /// <param name="head">The page's <see cref="Head"/>.</param>
    public static bool Matches(ReadOnlySpan<byte> page, ulong head)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        ulong difference = 0;
        for (int i = 0; i < words.Length; i++)
        {
            difference |= words[i] ^ unchecked(head + ((ulong)i * 0x9E3779B97F4A7C15));
        }

        return difference == 0;
    }

    /// <summary>Mixes bytes into a checksum.</summary>
    /// <param name="checksum">So far.</param>
    /// <param name="bytes">The bytes; a multiple of 8.</param>
    public static ulong Checksum(ulong checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            checksum = unchecked((checksum ^ word) * 0x9FB21C651E98DF25);
            checksum ^= checksum >> 32;
        }

        return checksum;
    }
}
