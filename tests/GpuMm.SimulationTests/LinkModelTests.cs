using System;
using System.Linq;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests;

public sealed class LinkModelTests
{
    // What the simulator of the fit logged for its PCIe of 16 GB/s, microseconds: every size in the log of its hotspot run with
    // 110 % of memory (UVM-Smart, LPEviction/TBN_110: copies in, write-backs, synchronisation), and two of other runs.
    [Theory]
    [InlineData(4_096ul, 1.758947)]
    [InlineData(12_288ul, 2.083727)]
    [InlineData(20_480ul, 2.574)]
    [InlineData(28_672ul, 3.133693)]
    [InlineData(36_864ul, 3.723835)]
    [InlineData(53_248ul, 4.943957)]
    [InlineData(61_440ul, 5.563808)]
    [InlineData(65_536ul, 5.87576)]
    [InlineData(118_784ul, 9.964889)]
    [InlineData(126_976ul, 10.597569)]
    [InlineData(131_072ul, 10.913572)]
    [InlineData(249_856ul, 20.110062)]
    [InlineData(258_048ul, 20.744766)]
    [InlineData(262_144ul, 21.06212)]
    [InlineData(512_000ul, 40.442268)]
    [InlineData(520_192ul, 41.077652)]
    [InlineData(524_288ul, 41.395679)]
    [InlineData(1_036_288ul, 81.126266)]
    [InlineData(1_044_480ul, 81.76165)]
    [InlineData(1_048_576ul, 82.079674)]
    [InlineData(2_097_152ul, 163.457)]
    public void ThePublishedTransferTimesAreReproducedWithinATenthOfAPercent(ulong sizeBytes, double expectedUs)
    {
        Assert.True(LinkModels.TryGet("pcie3x16", out LinkModel? link));
        double us = link!.DurationNs(sizeBytes) / 1e3;
        Assert.InRange(us, expectedUs * 0.999, expectedUs * 1.001);
    }

    // The same fit for 32 and 64 GB/s: a is 24 and 48. Worked out with Math.Atan, apart from the code.
    [Theory]
    [InlineData("pcie4x16", 24)]
    [InlineData("pcie5x16", 48)]
    public void FasterGenerationsFollowTheSameFit(string name, double a)
    {
        Assert.True(LinkModels.TryGet(name, out LinkModel? link));
        foreach (ulong kib in (ulong[])[4, 64, 1024, 65536])
        {
            double seconds = kib * 1024 / (2 * a / Math.PI * Math.Atan(0.07292 * kib) * (1L << 30));
            Assert.InRange(link!.DurationNs(kib * 1024), (seconds * 1e9 * 0.9995) - 1, (seconds * 1e9 * 1.0005) + 1);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4096, 7)]
    [InlineData(8 << 20, 15_000)]
    [InlineData(16 << 20, 30_000)]
    [InlineData(1L << 40, 30_000)]
    public void BehindALargeTransferTheNextTakesLongerInProportion(long bytesBefore, long expectedNs)
    {
        Assert.Equal(expectedNs, new ColdStart(30_000, 16 << 20).NsBehind((ulong)bytesBefore));
        Assert.Equal(0, default(ColdStart).NsBehind((ulong)bytesBefore));
    }

    [Fact]
    public void TheArcTangentAgreesWithTheLibrary()
    {
        for (double x = 1e-6; x < 1e9; x *= 1.37)
        {
            Assert.Equal(Math.Atan(x), ExactMath.Atan(x), 1e-14);
        }

        Assert.Equal(0, ExactMath.Atan(0));
    }

    [Fact]
    public void LargerTransfersTakeLongerButNoLongerPerByte()
    {
        foreach (LinkModel link in LinkModels.All)
        {
            long last = 0;
            for (ulong sizeBytes = 4096; sizeBytes <= 1ul << 34; sizeBytes *= 2)
            {
                long ns = link.DurationNs(sizeBytes);
                Assert.True(ns > last, $"{link.Name}: {sizeBytes} bytes take {ns} ns.");
                Assert.True(last == 0 || ns <= (2 * last) + 2, $"{link.Name}: {sizeBytes} bytes take more than twice the half.");
                Assert.True(ns >= link.StreamNs(sizeBytes));
                last = ns;
            }
        }
    }

    [Fact]
    public void ALinkOfTwiceTheRateStreamsInHalfTheTimeAndKeepsItsFixedCosts()
    {
        foreach (LinkModel link in LinkModels.All)
        {
            LinkModel twice = link.Scaled(2);
            Assert.InRange(twice.StreamNs(1ul << 30), (link.StreamNs(1ul << 30) / 2) - 1, (link.StreamNs(1ul << 30) / 2) + 1);
            Assert.InRange(twice.DurationNs(64), link.DurationNs(64) - 64, link.DurationNs(64));
        }
    }

    [Fact]
    public void EachGenerationIsFasterThanTheOneBefore()
    {
        long[] rates = [.. ((string[])["agp4x", "agp8x", "pcie1x16", "pcie3x8", "pcie3x16", "pcie4x16", "pcie5x16"]).Select(static name =>
        {
            Assert.True(LinkModels.TryGet(name, out LinkModel? link));
            return link!.BytesPerSecond;
        })];
        Assert.Equal(rates.Order(), rates);
        Assert.False(LinkModels.TryGet("token-ring", out _));
    }
}
