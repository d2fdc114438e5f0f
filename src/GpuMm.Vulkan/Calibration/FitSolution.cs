using System;
using System.Collections.Generic;
using System.Linq;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;

namespace GpuMm.Vulkan.Calibration;

/// <summary>The costs that fit copy times best: of each copy, of each byte, and of the copy before. None is below zero.</summary>
internal sealed record FitSolution
{
    private const int Rounds = 20;
    private const double HubersLimit = 2.5; // Of 80 normal residuals one strays further; with few points a lower limit makes the margins too narrow.
    private const double SigmasOfMedian = 1.4826; // Of normal residuals: their deviation over the median of their sizes.

    public required ulong FullBytes { get; init; }

    public required double FixedNs { get; init; }

    public required double FixedMarginNs { get; init; }

    public required double NsPerByte { get; init; }

    public required double NsPerByteMargin { get; init; }

    public required double ColdNs { get; init; }

    public required double ColdMarginNs { get; init; }

    /// <summary>Relative, one for each point.</summary>
    public required IReadOnlyList<double> Residuals { get; init; }

    /// <summary>How far points stray: the mean of the residuals without sign.</summary>
    public double Strays => Residuals.Average(Math.Abs);

    /// <summary>Solves.</summary>
    /// <param name="points">At least 3 sizes that differ; times above zero.</param>
    /// <param name="fullBytes">From this size on the copy before costs all that it can; 0: it costs nothing.</param>
    public static FitSolution Of(IReadOnlyList<CopyTime> points, ulong fullBytes)
    {
        // Divided by its time each row reads: size * perByte / t + fixed / t + share * cold / t = 1. In units that are near one.
        double timeUnit = points.Average(static p => p.Ns);
        double sizeUnit = points.Average(static p => (double)p.SizeBytes);
        Func<CopyTime, double> perByte = p => p.SizeBytes / sizeUnit;
        Func<CopyTime, double> once = static _ => 1;
        Func<CopyTime, double> cold = p => Math.Min(p.BytesBefore, fullBytes) / (double)fullBytes;
        List<Func<CopyTime, double>> columns = fullBytes == 0 ? [perByte, once] : [perByte, once, cold];
        while (true)
        {
            Matrix<double> rows = Matrix<double>.Build.Dense(points.Count, columns.Count, (i, j) => columns[j](points[i]) * timeUnit / points[i].Ns);
            (Vector<double> solution, Vector<double> residuals, Matrix<double> spread) = Robust(rows);
            int below = solution.MinimumIndex();
            if (solution[below] < 0 && columns.Count > 1)
            {
                columns.RemoveAt(Math.Max(1, below)); // That cost cannot be seen: the best of the others alone. Bytes always cost.
                continue;
            }

            double t = StudentT.InvCDF(0, 1, Math.Max(1, points.Count - columns.Count), 0.975);
            double Figure(Func<CopyTime, double> column, double unit) =>
                columns.IndexOf(column) is var i && i < 0 ? 0 : solution[i] * unit;
            double Margin(Func<CopyTime, double> column, double unit) =>
                columns.IndexOf(column) is var i && i < 0 ? 0 : t * Math.Sqrt(spread[i, i]) * unit;
            return new FitSolution
            {
                FullBytes = fullBytes,
                FixedNs = Figure(once, timeUnit),
                FixedMarginNs = Margin(once, timeUnit),
                NsPerByte = Figure(perByte, timeUnit / sizeUnit),
                NsPerByteMargin = Margin(perByte, timeUnit / sizeUnit),
                ColdNs = Figure(cold, timeUnit),
                ColdMarginNs = Margin(cold, timeUnit),
                Residuals = [.. residuals],
            };
        }
    }

    private static double Square(double x) => x * x;

    // Huber's estimate: a point that strays further than most counts less, so that one that was disturbed bends nothing.
    private static (Vector<double> Solution, Vector<double> Residuals, Matrix<double> Spread) Robust(Matrix<double> rows)
    {
        Vector<double> ones = Vector<double>.Build.Dense(rows.RowCount, 1);
        Vector<double> weights = ones;
        for (int round = 0; ; round++)
        {
            Matrix<double> weighted = rows.MapIndexed((i, _, value) => value * weights[i]);
            Matrix<double> inverse = weighted.TransposeThisAndMultiply(rows).Inverse();
            Vector<double> solution = inverse * weighted.TransposeThisAndMultiply(ones);
            Vector<double> residuals = (rows * solution) - ones;
            if (round == Rounds)
            {
                // Huber's own correction: points that count less tell less about the figures, and few points tell little.
                Vector<double> counted = residuals.PointwiseMultiply(weights);
                double full = weights.Count(static weight => weight == 1) / (double)rows.RowCount;
                double correction = 1 + (rows.ColumnCount * (1 - full) / (rows.RowCount * full));
                double variance = Square(correction / full) * counted.DotProduct(counted) / Math.Max(1, rows.RowCount - rows.ColumnCount);
                return (solution, residuals, rows.TransposeThisAndMultiply(rows).Inverse() * variance);
            }

            double limit = HubersLimit * SigmasOfMedian * residuals.PointwiseAbs().Median();
            weights = residuals.Map(residual => Math.Abs(residual) <= limit ? 1 : limit / Math.Abs(residual));
        }
    }
}
