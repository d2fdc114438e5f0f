using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Simulation;
using MathNet.Numerics.Statistics;

namespace GpuMm.Vulkan.Calibration;

/// <summary>
/// A line through measured copy times: a fixed cost and a rate, and what the copy before adds. Each point counts by its relative
/// error, so that small copies weigh as much as large ones.
/// </summary>
/// <remarks>
/// Weighted least squares with weights 1/t², and Huber's weights for points that stray. The confidence of a figure is its 95 % interval by Student's t over the
/// residuals; of few points, or of points that lie on no line, it is wide, and says so. What the copy before adds grows with its
/// size up to one of a few sizes, the one that leaves the least residuals; a cost below zero is none.
/// </remarks>
public sealed record LinkFit
{
    // How much passes through caches before all of them hold something else: what caches have today.
    private static readonly ulong[] s_fullBytes = [2 << 20, 4 << 20, 8 << 20, 16 << 20, 32 << 20];

    /// <summary>Fixed cost, ns; 0 or more.</summary>
    public required double LatencyNs { get; init; }

    /// <summary>Half the width of its 95 % interval, ns.</summary>
    public required double LatencyMarginNs { get; init; }

    /// <summary>Rate, bytes per second.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Half the width of its 95 % interval, bytes per second.</summary>
    public required double BytesPerSecondMargin { get; init; }

    /// <summary>What a copy takes longer behind a large one; nothing when the points do not tell, or tell of none.</summary>
    public ColdStart Cold { get; init; }

    /// <summary>Half the width of the 95 % interval of <see cref="ColdStart.MostNs"/>, ns.</summary>
    public double ColdMarginNs { get; init; }

    /// <summary>Part of the variation of relative times that the line explains, at most 1.</summary>
    public required double RSquared { get; init; }

    /// <summary>Median of the relative residuals, without sign.</summary>
    public required double MedianResidual { get; init; }

    /// <summary>The largest relative residual, without sign.</summary>
    public required double MaxResidual { get; init; }

    /// <summary>What the line says for a size, ns.</summary>
    /// <param name="sizeBytes">The size.</param>
    /// <param name="bytesBefore">The size of the copy before it.</param>
    public double PredictNs(ulong sizeBytes, ulong bytesBefore = 0) =>
        LatencyNs + Cold.NsBehind(bytesBefore) + (sizeBytes * 1e9 / BytesPerSecond);

    /// <summary>Fits a fixed cost and a rate, and what the copy before adds when the points tell it.</summary>
    /// <param name="points">At least 3 sizes that differ.</param>
    /// <exception cref="ArgumentException">There are fewer, or a time is not positive.</exception>
    public static LinkFit Of(IReadOnlyList<CopyTime> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Select(static p => p.SizeBytes).Distinct().Count() < 3 || points.Any(static p => p.Ns <= 0))
        {
            throw new ArgumentException("A fit takes at least three sizes, and times above zero.", nameof(points));
        }

        FitSolution best = FitSolution.Of(points, fullBytes: 0);
        if (points.Select(static p => p.BytesBefore).Distinct().Count() >= 3)
        {
            foreach (ulong fullBytes in s_fullBytes)
            {
                FitSolution other = FitSolution.Of(points, fullBytes);
                best = other.Strays < best.Strays ? other : best;
            }
        }

        double[] residuals = [.. best.Residuals.Select(Math.Abs)];
        LinkFit fit = new()
        {
            LatencyNs = best.FixedNs,
            LatencyMarginNs = best.FixedMarginNs,
            BytesPerSecond = 1e9 / best.NsPerByte,
            BytesPerSecondMargin = 1e9 / best.NsPerByte * (best.NsPerByteMargin / best.NsPerByte),
            Cold = best.ColdNs > 0 ? new ColdStart((long)Math.Round(best.ColdNs), best.FullBytes) : default,
            ColdMarginNs = best.ColdMarginNs,
            RSquared = 0,
            MedianResidual = residuals.Median(),
            MaxResidual = residuals.Max(),
        };
        return fit with { RSquared = fit.Explained(points) };
    }

    // In logarithms: the share of what differs between the points that the line accounts for.
    private double Explained(IReadOnlyList<CopyTime> points)
    {
        double mean = points.Average(static p => Math.Log(p.Ns));
        double total = points.Sum(p => Square(Math.Log(p.Ns) - mean));
        double left = points.Sum(p => Square(Math.Log(p.Ns) - Math.Log(PredictNs(p.SizeBytes, p.BytesBefore))));
        return total == 0 ? 0 : 1 - (left / total);
    }

    private static double Square(double x) => x * x;
}
