using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CsCheck;
using GpuMm.Simulation;
using GpuMm.Vulkan.Calibration;
using GpuMm.Vulkan.Devices;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The fit finds the line that made the points, and says how sure it is.</summary>
public sealed class LinkFitTests(ITestOutputHelper output)
{
    [Fact]
    public void AnExactLineIsFoundExactly() =>
        Gen.Select(Gen.Double[0, 1e6], Gen.Double[1e8, 1e12]).Sample(static (latencyNs, rate) =>
        {
            LinkFit fit = LinkFit.Of(Points(latencyNs, rate, static _ => 1));
            return Math.Abs(fit.LatencyNs - latencyNs) <= 1e-6 * (latencyNs + 1000) && Math.Abs((fit.BytesPerSecond / rate) - 1) < 1e-6;
        });

    [Fact]
    public void ANoisyLineLiesWithinItsMargins()
    {
        Random random = new(3);
        int inside = 0;
        for (int i = 0; i < 200; i++)
        {
            LinkFit fit = LinkFit.Of(Points(20_000, 1e10, _ => 1 + ((random.NextDouble() - 0.5) * 0.1)));
            inside += Math.Abs(fit.LatencyNs - 20_000) <= fit.LatencyMarginNs && Math.Abs(fit.BytesPerSecond - 1e10) <= fit.BytesPerSecondMargin ? 1 : 0;
        }

        // 95 % each, so at least 90 % both; 200 draws stray by 2 % (one sigma).
        output.WriteLine($"{inside} of 200");
        Assert.True(inside >= 170, $"Only {inside} of 200 lie within both margins.");
    }

    [Fact]
    public void APlantedBendShowsInTheResiduals()
    {
        LinkFit straight = LinkFit.Of(Points(20_000, 1e10, static _ => 1));
        LinkFit bent = LinkFit.Of(Points(20_000, 1e10, static size => size > 8 << 20 ? 3 : 1));
        Assert.True(straight.MaxResidual < 1e-6);
        Assert.True(bent.MaxResidual > 0.2, $"{bent.MaxResidual}");
        Assert.True(bent.BytesPerSecondMargin > 100 * straight.BytesPerSecondMargin);
    }

    [Fact]
    public void ANegativeFixedCostIsNone()
    {
        LinkFit fit = LinkFit.Of([new(1 << 20, 0, 90_000), new(2 << 20, 0, 200_000), new(4 << 20, 0, 420_000)]);
        Assert.Equal(0, fit.LatencyNs);
        Assert.True(fit.BytesPerSecond > 0);
    }

    [Fact]
    public void WhatTheCopyBeforeAddsIsFoundExactly() =>
        Gen.Select(Gen.Double[1e3, 1e5], Gen.Double[1e9, 1e11], Gen.Double[1e3, 1e5], Gen.Int[1, 5], Gen.ULong).Sample(static (latencyNs, rate, coldNs, full, seed) =>
        {
            ColdStart cold = new((long)coldNs, 1ul << (20 + full));
            LinkFit fit = LinkFit.Of(TimesOf(latencyNs, rate, cold, seed, static _ => 1));
            return fit.Cold.FullBytes == cold.FullBytes && Math.Abs(fit.Cold.MostNs - cold.MostNs) <= 2
                && Math.Abs(fit.LatencyNs - latencyNs) <= 2 && Math.Abs((fit.BytesPerSecond / rate) - 1) < 1e-4;
        });

    [Fact]
    public void WhereTheCopyBeforeAddsNothingNothingIsAdded()
    {
        LinkFit fit = LinkFit.Of(TimesOf(30_000, 1e10, default, 7, static _ => 1));
        Assert.InRange(fit.Cold.MostNs, 0, 1);
        LinkFit quicker = LinkFit.Of([.. TimesOf(30_000, 1e10, new ColdStart(10_000, 16 << 20), 7, static _ => 1).Select(static t => t with { BytesBefore = (32ul << 20) - t.BytesBefore })]);
        Assert.Equal(default, quicker.Cold); // Behind large ones they are faster here: no cost.
    }

    [Fact]
    public void AFewCopiesThatWereDisturbedBendNothing()
    {
        Random random = new(5);
        LinkFit fit = LinkFit.Of(TimesOf(30_000, 1e10, new ColdStart(20_000, 16 << 20), 9, i => i % 10 == 3 ? 4 : 1 + ((random.NextDouble() - 0.5) * 0.05)));
        output.WriteLine(fit.ToString());
        Assert.InRange(fit.LatencyNs, 28_000, 33_000);
        Assert.InRange(fit.BytesPerSecond, 0.95e10, 1.05e10);
        Assert.InRange(fit.Cold.MostNs, 15_000, 25_000);
    }

    [Fact]
    public void TwoSizesAreNoFit() =>
        Assert.Throws<ArgumentException>(static () => LinkFit.Of([new(4096, 0, 1), new(8192, 0, 2), new(8192, 0, 2)]));

    [Fact]
    public void TheVerdictIsThatOfTheNumbers()
    {
        VerifiedMove[] round = [.. Enumerable.Range(0, 100).Select(static i => new VerifiedMove(i / 5, MemoryDomain.Gtt, MemoryDomain.Vram, 4096, 1000, i < 90 ? 1050 : 1400))];
        CalibrationVerdict verdict = CalibrationCheck.Judge([round], "device");
        Assert.Equal(0.05, verdict.MoveMedian, 6);
        Assert.Equal(0.4, verdict.MoveP95, 6);
        Assert.Equal(20, verdict.Frames);
        Assert.False(verdict.IsMet);
        CalibrationVerdict better = CalibrationCheck.Judge([[.. round.Select(static move => move with { PredictedNs = 1050 })]], "device");
        Assert.True(better.IsMet);
    }

    [Fact]
    public void ASmallCalibrationMakesAMachineThatAFileKeeps()
    {
        using VulkanDevice device = TestVulkan.Open();
        CalibrationResult result = Calibrator.Run(device, new CalibrationOptions { MinBytes = 64 << 10, MaxBytes = 1 << 20, Repeats = 3 });
        output.WriteLine(result.Link.ToString());
        Assert.Equal(27, result.Points.Count);
        Assert.All(result.Points, static point => Assert.True(point.QuartileNs > 0 && point.QuartileNs <= point.MedianNs));
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, result.Profile.ToJson());
            MachineProfile read = MachineProfile.Load(path);
            Assert.Equal(result.Profile.Link.BytesPerSecond, read.Link.BytesPerSecond);
            Assert.Equal(result.Profile.Link.LatencyNs, read.Link.LatencyNs);
            Assert.Equal(result.Profile.Link.Cold, read.Link.Cold);
            Assert.Contains(read.Link.Sources, static source => source.Basis == FigureBasis.Measured && source.Source.Contains("95 % within", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }

        TestVulkan.AssertClean(device);
    }

    [Fact]
    public void EachCopyIsNotedWithTheSizeOfTheOneBeforeIt()
    {
        using VulkanDevice device = TestVulkan.Open();
        ulong[] sizes = [64 << 10, 128 << 10, 256 << 10];
        using (CopySampler sampler = new(device, sizes, [CopyPath.ToDevice, CopyPath.ToHost], seed: 11))
        {
            for (int round = 0; round < CopySampler.OrderCount; round++)
            {
                sampler.Round();
            }

            // Each copy of an order goes before one other: so all but its last, and the last of the order before.
            CopyTime[][] bySeries = [.. sampler.Series.Select(static series => series.Times(1 << 30).ToArray())];
            for (int order = 0; order < CopySampler.OrderCount; order++)
            {
                List<ulong> left = [.. sizes, .. sizes];
                int strangers = bySeries.Count(times => !left.Remove(times[order].BytesBefore));
                Assert.True(strangers <= 1, $"order {order}: {strangers} sizes that went before nothing");
            }

            Assert.Contains(bySeries, static times => times.Select(static time => time.BytesBefore).Distinct().Count() > 1);
        }

        TestVulkan.AssertClean(device);
    }

    [Theory]
    [InlineData("memory", 0)]
    [InlineData("memory", 1)]
    [InlineData("submit", 0)]
    [InlineData("submit", 3)]
    [InlineData("submit", 400)]
    [InlineData("wait", 0)]
    [InlineData("wait", 3)]
    [InlineData("wait", 400)]
    public void ACalibrationThatFailsGivesEverythingBack(string what, int count)
    {
        using VulkanDevice device = TestVulkan.Open();
        switch (what)
        {
            case "memory":
                PlantedFailures.OutOfMemoryAfter(device, count);
                break;
            case "submit":
                PlantedFailures.LostAtSubmit(device, count);
                break;
            default:
                PlantedFailures.LostWhileWaiting(device, count);
                break;
        }

        CalibrationOptions options = new() { MinBytes = 64 << 10, MaxBytes = 256 << 10, Repeats = 3 };
        Assert.Throws<VulkanException>(() => Calibrator.Run(device, options));
        TestVulkan.AssertClean(device);
    }

    private static List<CopyTime> TimesOf(double latencyNs, double rate, ColdStart cold, ulong seed, Func<int, double> noise)
    {
        Random random = new((int)(seed % int.MaxValue));
        List<CopyTime> times = [];
        for (int i = 0; i < 200; i++)
        {
            ulong size = 64ul << (10 + random.Next(10));
            ulong before = 64ul << (10 + random.Next(10));
            double coldNs = cold.MostNs == 0 ? 0 : cold.MostNs * (Math.Min(before, cold.FullBytes) / (double)cold.FullBytes); // Not in whole ns, as the model has it.
            times.Add(new CopyTime(size, before, (latencyNs + coldNs + (size * 1e9 / rate)) * noise(i)));
        }

        return times;
    }

    private static List<CopyTime> Points(double latencyNs, double rate, Func<ulong, double> noise)
    {
        List<CopyTime> points = [];
        for (ulong size = 64 << 10; size <= 32 << 20; size *= 2)
        {
            points.Add(new CopyTime(size, 0, (latencyNs + (size * 1e9 / rate)) * noise(size)));
        }

        return points;
    }
}
