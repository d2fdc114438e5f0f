using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Primitives;

namespace GpuMm.Lab.Report;

/// <summary>Where an axis has its marks, and what they say.</summary>
/// <param name="Least">Left or lower end, in the values' own unit.</param>
/// <param name="Most">Right or upper end; above <paramref name="Least"/>.</param>
/// <param name="IsLog">Equal distances are equal ratios.</param>
/// <param name="Marks">Values and texts, ascending.</param>
internal sealed record AxisTicks(double Least, double Most, bool IsLog, IReadOnlyList<(double Value, string Text)> Marks)
{
    private const double LogFrom = 12; // A range of this ratio or more is crowded at its lower end when it is drawn evenly.
    private const int Steps = 5;

    /// <summary>An axis of sizes in bytes: marks at powers of two.</summary>
    public static AxisTicks Sizes(IReadOnlyCollection<double> values)
    {
        double least = values.Min();
        double most = values.Max();
        if (least <= 0 || most / least < LogFrom)
        {
            // Steps that are whole units: 1, 2 or 4 of a power of two.
            double step = Math.Pow(2, Math.Ceiling(Math.Log2(Math.Max(1, (most - least) / Steps))));
            double from = Math.Floor(least / step) * step;
            return new AxisTicks(least == most ? least - step : Math.Min(least, from + step), Math.Max(most, least + 1), false, [.. Range(from, most, step).Where(v => v >= least - (step / 1000)).Select(Size)]);
        }

        int low = (int)Math.Ceiling(Math.Log2(least) - 0.01);
        int high = (int)Math.Floor(Math.Log2(most) + 0.01);
        int every = Math.Max(1, (high - low + 7) / 8);
        return new AxisTicks(least, most, true, [.. Enumerable.Range(low, Math.Max(1, high - low + 1)).Where(p => (p - low) % every == 0).Select(static p => Size(Math.Pow(2, p)))]);
    }

    /// <summary>An axis of plain numbers.</summary>
    public static AxisTicks Numbers(IReadOnlyCollection<double> values)
    {
        double least = values.Min();
        double most = Math.Max(values.Max(), least + 1e-9);
        double step = Nice((most - least) / Steps);
        return new AxisTicks(least, most, false, [.. Range(Math.Ceiling(least / step) * step, most, step).Select(static v => (v, Text(v)))]);
    }

    /// <summary>The vertical axis of a metric: from zero, in a unit that people read.</summary>
    public static (AxisTicks Axis, string Unit) Metric(string metric, double most)
    {
        (string unit, double divisor) = UnitOf(metric, most);
        double top = most <= 0 ? divisor : most;
        double step = Nice(top / divisor / Steps) * divisor;
        double end = Math.Ceiling((top / step) - 1e-9) * step;
        return (new AxisTicks(0, end, false, [.. Range(0, end, step).Select(v => (v, Text(v / divisor)))]), unit);
    }

    /// <summary>Where a value lies between the ends, 0 to 1.</summary>
    public double At(double value) => IsLog
        ? Math.Log(value / Least) / Math.Log(Most / Least)
        : (value - Least) / (Most - Least);

    private static (string Unit, double Divisor) UnitOf(string metric, double most) =>
        metric.EndsWith("-ns", StringComparison.Ordinal) ? most >= 1e9 ? ("s", 1e9) : most >= 1e6 ? ("ms", 1e6) : ("µs", 1e3)
        : metric.EndsWith("-bytes", StringComparison.Ordinal) ? most >= 1L << 30 ? ("GiB", 1L << 30) : most >= 1 << 20 ? ("MiB", 1 << 20) : ("KiB", 1 << 10)
        : metric.EndsWith("-ratio", StringComparison.Ordinal) ? ("%", 0.01)
        : most >= 1e6 ? ("millions", 1e6) : most >= 10_000 ? ("thousands", 1e3) : ("", 1);

    private static double Nice(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(step, 1e-12))));
        double first = step / power;
        return power * (first <= 1 ? 1 : first <= 2 ? 2 : first <= 2.5 ? 2.5 : first <= 5 ? 5 : 10);
    }

    // Counted, not added up: sums of steps drift.
    private static IEnumerable<double> Range(double from, double to, double step)
    {
        for (int i = 0; from + (i * step) <= to + (step / 1000); i++)
        {
            yield return from + (i * step);
        }
    }

    private static (double Value, string Text) Size(double bytes) => (bytes, ByteSize.Format((ulong)Math.Round(bytes)));

    private static string Text(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);
}
