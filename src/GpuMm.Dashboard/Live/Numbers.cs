using System;
using System.Globalization;
using GpuMm.Primitives;

namespace GpuMm.Dashboard.Live;

/// <summary>Numbers for people.</summary>
public static class Numbers
{
    /// <summary>A size: "1.5 GiB".</summary>
    /// <param name="bytes">Bytes.</param>
    public static string Size(ulong bytes) => ByteSize.Format(bytes);

    /// <summary>A size: "1.5 GiB".</summary>
    /// <param name="bytes">Bytes, 0 or more.</param>
    public static string Size(long bytes) => bytes < 0 ? $"-{ByteSize.Format((ulong)-bytes)}" : ByteSize.Format((ulong)bytes);

    /// <summary>A size per second.</summary>
    /// <param name="bytes">Bytes in the span.</param>
    /// <param name="spanNs">The span, ns.</param>
    public static string Rate(long bytes, long spanNs) => spanNs <= 0 ? "0 B/s" : $"{Size((long)(bytes * 1e9 / spanNs))}/s";

    /// <summary>A time since: "120 ms", "4.2 s", "3:07 min".</summary>
    /// <param name="ms">Milliseconds.</param>
    public static string Span(long ms) => ms switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{ms} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.0} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000}:{ms / 1000 % 60:00} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000}:{ms / 60_000 % 60:00} h"),
    };

    /// <summary>A moment on the device's clock: "12.345 s".</summary>
    /// <param name="ns">Nanoseconds.</param>
    public static string Moment(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.000} s");

    /// <summary>A whole number with separators.</summary>
    /// <param name="count">The number.</param>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Part of a whole, in percent, 0 to 100.</summary>
    /// <param name="part">The part.</param>
    /// <param name="whole">The whole.</param>
    public static double Percent(ulong part, ulong whole) => whole == 0 ? 0 : Math.Min(100, 100.0 * part / whole);
}
