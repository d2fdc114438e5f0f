using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Simulation;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Vulkan.Calibration;

/// <summary>Measures a device's copies over sizes and ways, and fits the figures of a machine profile to them.</summary>
public static class Calibrator
{
    /// <summary>Measures and fits.</summary>
    /// <param name="options">How.</param>
    /// <param name="progress">Told each round as it is done, with how many there are; null for nobody.</param>
    /// <exception cref="MirrorUnavailableException">There is no device.</exception>
    /// <exception cref="VulkanException">The device failed, or its timestamps cannot be believed.</exception>
    public static CalibrationResult Run(CalibrationOptions options, Action<int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        using VulkanDevice device = new(new VulkanInstance(), options.DeviceIndex);
        return Run(device, options, progress);
    }

    /// <summary>The sizes that a calibration sweeps: powers of two, and one between each two.</summary>
    /// <param name="options">From where to where.</param>
    public static IReadOnlyList<ulong> Sizes(CalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<ulong> sizes = [];
        for (ulong size = options.MinBytes; size <= options.MaxBytes; size *= 2)
        {
            sizes.Add(size);
            ulong between = size / 2 * 3 / 4096 * 4096;
            if (between > size && between <= options.MaxBytes)
            {
                sizes.Add(between);
            }
        }

        return sizes;
    }

    internal static CalibrationResult Run(VulkanDevice device, CalibrationOptions options, Action<int, int>? progress = null)
    {
        IReadOnlyList<ulong> sizes = Sizes(options);
        IReadOnlyList<CopySeries> samples;
        using (CopySampler sampler = new(device, sizes, [CopyPath.ToDevice, CopyPath.ToHost, CopyPath.Clear], options.Seed))
        {
            sampler.Round(isCounted: false);
            int rounds = options.Repeats * CopySampler.OrderCount;
            for (int round = 0; round < rounds; round++)
            {
                sampler.Round();
                progress?.Invoke(round + 1, rounds);
            }

            samples = sampler.Series;
        }

        LinkFit Fit(params CopyPath[] which) =>
            LinkFit.Of([.. samples.Where(s => which.Contains(s.Path)).SelectMany(static s => s.Times(4))]);
        LinkFit link = Fit(CopyPath.ToDevice, CopyPath.ToHost);
        LinkFit vram = LinkFit.Of([.. samples.Where(static s => s.Path == CopyPath.Clear).SelectMany(static s => s.Times(4)).Select(static t => t with { BytesBefore = 0 })]);
        return new CalibrationResult
        {
            Device = device.Info.Name,
            Driver = device.Info.Driver,
            Points =
            [
                .. samples.Select(s => new CalibrationPoint(
                    s.Path, s.SizeBytes, s.Count, s.MeanOfOrders(4), s.MeanOfOrders(2), Predicted(s, s.Path == CopyPath.Clear ? vram : link))),
            ],
            Link = link,
            ToDevice = Fit(CopyPath.ToDevice),
            ToHost = Fit(CopyPath.ToHost),
            Vram = vram,
            Profile = ProfileOf(device, link, vram, sizes, options),
        };
    }

    private static long Predicted(CopySeries series, LinkFit fit) =>
        (long)series.Times(4).Average(time => fit.PredictNs(time.SizeBytes, time.BytesBefore));

    private static MachineProfile ProfileOf(
        VulkanDevice device, LinkFit link, LinkFit vram, IReadOnlyList<ulong> sizes, CalibrationOptions options)
    {
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"timestamps around copies of {sizes[0] >> 10} KiB to {sizes[^1] >> 20} MiB on {device.Info.Name}, the lower quartile of {options.Repeats} in each of {CopySampler.OrderCount} orders");
        ulong vramBytes = device.Info.Heaps[device.Domains[MemoryDomain.Vram].HeapIndex].SizeBytes / 4096 * 4096;
        bool isUnified = device.Info.Heaps.Count == 1;
        return new MachineProfile
        {
            Name = "calibrated",
            Description = $"Measured on {device.Info.Name}",
            Link = new LinkModel
            {
                Name = "calibrated",
                LatencyNs = (long)Math.Round(link.LatencyNs),
                BytesPerSecond = Math.Max(1, (long)link.BytesPerSecond),
                Cold = link.Cold,

                // One queue carries both ways, one after the other.
                IsFullDuplex = false,
                Sources =
                [
                    Measured("latencyNs", how, link.LatencyMarginNs, "ns", link),
                    Measured("cold.mostNs", how, link.ColdMarginNs, "ns", link),
                    Measured("bytesPerSecond", how, link.BytesPerSecondMargin, "B/s", link),
                ],
            },
            Vram = new Bandwidth((long)Math.Round(vram.LatencyNs), Math.Max(1, (long)vram.BytesPerSecond)),
            VramBytes = vramBytes,
            BarBytes = isUnified ? vramBytes : Math.Min(vramBytes, 256ul << 20),
            ApertureBytes = vramBytes,
            Sources =
            [
                Measured("vram.latencyNs", how + ", cleared", vram.LatencyMarginNs, "ns", vram),
                Measured("vram.bytesPerSecond", how + ", cleared", vram.BytesPerSecondMargin, "B/s", vram),
                new FigureSource("vram.sizeBytes", "the heap that the device reports", FigureBasis.Published),
                new FigureSource("barBytes", isUnified ? "one heap: the CPU sees all of it" : "256 MiB, as without a resizable window", FigureBasis.Estimate),
                new FigureSource("cpu", "not measured: a usual machine's", FigureBasis.Estimate),
                new FigureSource("frame", "not measured: a usual machine's", FigureBasis.Estimate),
            ],
        };
    }

    private static FigureSource Measured(string figure, string how, double margin, string unit, LinkFit fit) => new(
        figure,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{how}; 95 % within {margin:0} {unit} of it; residuals: median {fit.MedianResidual:P1}, largest {fit.MaxResidual:P1}, R² {fit.RSquared:0.0000}"),
        FigureBasis.Measured);
}
