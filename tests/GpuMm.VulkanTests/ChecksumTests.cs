using System;
using CsCheck;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The checksum of a page: the fast form is the slow one, and no change goes unseen.</summary>
public sealed class ChecksumTests
{
    private static readonly Gen<byte[]> s_page = Gen.Int.Select(static seed =>
    {
        byte[] page = new byte[4096];
        new Random(seed).NextBytes(page);
        return page;
    });

    [Fact]
    public void TheFastFormIsTheSlowOne() =>
        s_page.Sample(static page => PageSum.Of(page) == PageSum.OfSlowly(page), iter: 200);

    [Fact]
    public void AChangedBitIsSeen() =>
        Gen.Select(s_page, Gen.Int[0, 4095], Gen.Int[0, 7]).Sample(
            static (page, at, bit) =>
            {
                ulong before = PageSum.Of(page);
                page[at] ^= (byte)(1 << bit);
                return PageSum.Of(page) != before;
            },
            iter: 500);

    [Fact]
    public void SwappedWordsAreSeen() =>
        Gen.Select(s_page, Gen.Int[0, 1023], Gen.Int[0, 1023]).Where(static (_, a, b) => a != b).Sample(
            static (page, a, b) =>
            {
                ulong before = PageSum.Of(page);
                Span<byte> first = page.AsSpan(a * 4, 4);
                Span<byte> second = page.AsSpan(b * 4, 4);
                bool differ = !first.SequenceEqual(second);
                Span<byte> kept = stackalloc byte[4];
                first.CopyTo(kept);
                second.CopyTo(first);
                kept.CopyTo(second);
                return PageSum.Of(page) != before == differ;
            },
            iter: 500);

    [Fact]
    public void ShortPagesAreRefused() => Assert.Throws<ArgumentOutOfRangeException>(static () => PageSum.Of(new byte[4092]));
}
