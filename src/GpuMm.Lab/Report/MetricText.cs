using System;
using System.Globalization;
using GpuMm.Primitives;

namespace GpuMm.Lab.Report;

/// <summary>Metrics for people: the unit is the last word of the name ("p99-ns", "moved-bytes", "misses").</summary>
public static class MetricText
{
    /// <summary>A value with its unit: "16.7 ms", "1.5 GiB", "12,345".</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="value">Its value.</param>
    public static string Format(string metric, double value)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return !double.IsFinite(value) ? "-"
            : metric.EndsWith("-ns", StringComparison.Ordinal) ? Time(value)
            : metric.EndsWith("-bytes", StringComparison.Ordinal) && value >= 0 ? ByteSize.Format((ulong)value)
            : metric.EndsWith("-ratio", StringComparison.Ordinal) ? value.ToString("0.##%", CultureInfo.InvariantCulture)
            : value.ToString("#,0.###", CultureInfo.InvariantCulture);
    }

    /// <summary>A metric's name in words: "p99-ns" is "p99", "miss-ratio" is "miss ratio", "missed-bytes" is "missed bytes".</summary>
    /// <param name="metric">The metric's name.</param>
    public static string Name(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return (metric.EndsWith("-ns", StringComparison.Ordinal) ? metric[..^3] : metric).Replace('-', ' ');
    }

    /// <summary>The values of an axis in words: "11 policies", "8 sizes of vram".</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="count">How many values.</param>
    public static string Count(string axis, int count)
    {
        string noun = axis switch
        {
            "policy" => count == 1 ? "policy" : "policies",
            "vram" or "bar" or "aperture" => count == 1 ? $"size of {axis}" : $"sizes of {axis}",
            "frames" => count == 1 ? "length" : "lengths",
            _ => count == 1 ? axis : axis + "s",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {noun}");
    }

    /// <summary>The unit to plot a metric in, and what its values are divided by for that.</summary>
    /// <param name="metric">The metric's name.</param>
    public static (string Unit, double Divisor) PlotUnit(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.EndsWith("-ns", StringComparison.Ordinal) ? ("ms", 1e6)
            : metric.EndsWith("-bytes", StringComparison.Ordinal) ? ("MiB", 1 << 20)
            : metric.EndsWith("-ratio", StringComparison.Ordinal) ? ("%", 0.01)
            : ("", 1);
    }

    private static string Time(double ns) => Math.Abs(ns) switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.###} s"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.###} ms"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.###} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns:0.###} ns"),
    };
}
