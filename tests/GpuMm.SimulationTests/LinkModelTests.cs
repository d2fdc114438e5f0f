using System;
using System.Linq;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests;

public sealed class LinkModelTests
{
    // What the simulator of the fit logged for its PCIe of 16 GB/s, microseconds.
    [Theory]
    [InlineData(4_096ul, 1.7589)]
    [InlineData(20_480ul, 2.574)]
    [InlineData(65_536ul, 5.876)]
    [InlineData(126_976ul, 10.598)]
    [InlineData(258_048ul, 20.745)]
    [InlineData(1_044_480ul, 81.762)]
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
