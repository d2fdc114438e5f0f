using System;
using System.Buffers;
using System.Globalization;

namespace GpuMm.Lab.Knee;

/// <summary>What must hold for memory to be enough: one metric below (or above) a bound, such as "p99&lt;16.7ms".</summary>
/// <param name="Metric">The metric as the user names it, such as "p99" or "misses".</param>
/// <param name="IsBelow">The metric must be below the bound; otherwise above it.</param>
/// <param name="IncludesBound">The bound itself is good too.</param>
/// <param name="Bound">The bound, in the metric's own unit: nanoseconds for times, a fraction for percentages, bytes for sizes.</param>
public readonly record struct KneeBudget(string Metric, bool IsBelow, bool IncludesBound, double Bound)
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    /// <summary>Whether a value keeps to the budget.</summary>
    /// <param name="value">The metric's value.</param>
    public bool Holds(double value) => IncludesBound && value.Equals(Bound) || (IsBelow ? value < Bound : value > Bound);

    /// <summary>Reads "p99&lt;16.7ms", "stutters&lt;=3", "missratio&lt;5%" or "fps&gt;=60".</summary>
    /// <param name="text">A metric, one of &lt; &lt;= &gt; &gt;=, and a number with an optional unit: ns, us, ms, s, %, KiB, MiB, GiB.</param>
    /// <param name="budget">The budget.</param>
    /// <returns>False when the text is not of that form.</returns>
    public static bool TryParse(string text, out KneeBudget budget)
    {
        ArgumentNullException.ThrowIfNull(text);
        budget = default;
        int at = text.AsSpan().IndexOfAny('<', '>');
        if (at <= 0)
        {
            return false;
        }

        bool includes = at + 1 < text.Length && text[at + 1] == '=';
        ReadOnlySpan<char> bound = text.AsSpan(at + (includes ? 2 : 1)).Trim();
        int digits = bound.IndexOfAnyExcept(s_digits);
        ReadOnlySpan<char> unit = digits < 0 ? "" : bound[digits..].Trim();
        if (digits == 0 || Factor(unit) is not { } factor ||
            !double.TryParse(digits < 0 ? bound : bound[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        budget = new KneeBudget(text[..at].Trim(), text[at] == '<', includes, number * factor);
        return true;
    }

    private static double? Factor(ReadOnlySpan<char> unit) => unit switch
    {
        "" or "ns" or "B" => 1,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "%" => 0.01,
        "KiB" => 1024,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => null,
    };
}
