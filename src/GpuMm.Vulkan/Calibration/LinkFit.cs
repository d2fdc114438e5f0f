using System;
using System.Collections.Generic;
using System.Linq;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;

namespace GpuMm.Vulkan.Calibration;

/// <summary>
/// A line through measured copy times: a fixed cost and a rate. Each point counts by its relative error, so that small
/// copies weigh as much as large ones.
/// </summary>
/// <remarks>
/// Weighted least squares with weights 1/t². The confidence of a figure is its 95 % interval by Student's t over the
/// residuals; of few points, or of points that lie on no line, it is wide, and says so.
/// </remarks>
public sealed record LinkFit
{
    /// <summary>Fixed cost, ns; 0 or more.</summary>
    public required double LatencyNs { get; init; }

    /// <summary>Half the width of its 95 % interval, ns.</summary>
    public required double LatencyMarginNs { get; init; }

    /// <summary>Rate, bytes per second.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Half the width of its 95 % interval, bytes per second.</summary>
    public required double BytesPerSecondMargin { get; init; }

    /// <summary>Part of the variation of relative times that the line explains, at most 1.</summary>
    public required double RSquared { get; init; }

    /// <summary>Median of the relative residuals, without sign.</summary>
    public required double MedianResidual { get; init; }

    /// <summary>The largest relative residual, without sign.</summary>
    public required double MaxResidual { get; init; }

    /// <summary>What the line says for a size, ns.</summary>
    /// <param name="sizeBytes">The size.</param>
    public double PredictNs(ulong sizeBytes) => LatencyNs + (sizeBytes * 1e9 / BytesPerSecond);

    /// <summary>Fits.</summary>
    /// <param name="points">Sizes and times, ns; at least 3 sizes that differ.</param>
    /// <exception cref="ArgumentException">There are fewer, or a time is not positive.</exception>
    public static LinkFit Of(IReadOnlyList<(ulong SizeBytes, double Ns)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Select(static p => p.SizeBytes).Distinct().Count() < 3 || points.Any(static p => p.Ns <= 0))
        {
            throw new ArgumentException("A fit takes at least three sizes, and times above zero.", nameof(points));
        }

        // Divided by its time each row reads: latency / t + size / (rate * t) = 1. In units that are near one.
        double sizeUnit = points.Average(static p => (double)p.SizeBytes);
        double timeUnit = points.Average(static p => p.Ns);
        Matrix<double> rows = Matrix<double>.Build.Dense(
            points.Count, 2, (i, j) => (j == 0 ? timeUnit : points[i].SizeBytes / sizeUnit * timeUnit) / points[i].Ns);
        Vector<double> ones = Vector<double>.Build.Dense(points.Count, 1);
        Matrix<double> normal = rows.TransposeThisAndMultiply(rows);
        Matrix<double> inverse = normal.Inverse();
        Vector<double> solution = inverse * rows.TransposeThisAndMultiply(ones);
        bool isPinned = solution[0] < 0;
        if (isPinned)
        {
            // No fixed cost can be seen: a line through the origin.
            double slope = rows.Column(1).DotProduct(ones) / rows.Column(1).DotProduct(rows.Column(1));
            solution = Vector<double>.Build.Dense([0, slope]);
        }

        Vector<double> residuals = (rows * solution) - ones;
        int freedom = points.Count - 2;
        double variance = residuals.DotProduct(residuals) / Math.Max(1, freedom);
        double t = StudentT.InvCDF(0, 1, Math.Max(1, freedom), 0.975);
        double slopeNs = solution[1] * timeUnit / sizeUnit;
        double slopeMargin = t * Math.Sqrt(variance * inverse[1, 1]) * timeUnit / sizeUnit;
        double[] sizes = [.. residuals.Select(Math.Abs)];
        return new LinkFit
        {
            LatencyNs = solution[0] * timeUnit,
            LatencyMarginNs = t * Math.Sqrt(variance * inverse[0, 0]) * timeUnit,
            BytesPerSecond = 1e9 / slopeNs,
            BytesPerSecondMargin = 1e9 / slopeNs * (slopeMargin / slopeNs),
            RSquared = Explained(points, solution, timeUnit, sizeUnit),
            MedianResidual = sizes.Median(),
            MaxResidual = sizes.Max(),
        };
    }

    // In logarithms: the share of what differs between sizes that the line accounts for.
    private static double Explained(
        IReadOnlyList<(ulong SizeBytes, double Ns)> points, Vector<double> solution, double timeUnit, double sizeUnit)
    {
        double mean = points.Average(static p => Math.Log(p.Ns));
        double total = points.Sum(p => Square(Math.Log(p.Ns) - mean));
        double left = points.Sum(p => Square(Math.Log(p.Ns) - Math.Log((solution[0] + (solution[1] * p.SizeBytes / sizeUnit)) * timeUnit)));
        return total == 0 ? 0 : 1 - (left / total);
    }

    private static double Square(double x) => x * x;
}
