using System;
using System.Globalization;

namespace GpuMm.Lab.Gate;

/// <summary>How far a metric may go from its baseline before a change counts as a regression.</summary>
/// <param name="Metric">The metric's name; "*" for every metric that no other rule names.</param>
/// <param name="RelativeSlack">Part of the baseline that is allowed, 0.05 for 5 %; at least 0.</param>
/// <param name="AbsoluteSlack">Allowed on top, in the metric's unit; at least 0.</param>
/// <param name="IsHigherBetter">A fall is the regression; otherwise a rise is.</param>
public readonly record struct GateRule(string Metric, double RelativeSlack, double AbsoluteSlack, bool IsHigherBetter)
{
    /// <summary>The rule where nothing else is said: no rise at all.</summary>
    public static GateRule Strict => new("*", 0, 0, false);

    /// <summary>How much worse a value may be.</summary>
    /// <param name="baseline">The metric before.</param>
    public double Allowed(double baseline) => (Math.Abs(baseline) * RelativeSlack) + AbsoluteSlack;

    /// <summary>How much worse a value is; negative when it is better.</summary>
    /// <param name="baseline">The metric before.</param>
    /// <param name="current">The metric now.</param>
    public double Worse(double baseline, double current) => IsHigherBetter ? baseline - current : current - baseline;

    /// <summary>Reads "p99-ns:5%", "misses:0", "moved-bytes:2%+4096" or "fps:3%:higher".</summary>
    /// <param name="text">A metric or *, a colon, a percentage and/or an absolute number joined by +, and ":higher" where more is better.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>False when the text is not of that form.</returns>
    public static bool TryParse(string text, out GateRule rule)
    {
        ArgumentNullException.ThrowIfNull(text);
        rule = default;
        string[] parts = text.Split(':');
        bool isHigher = parts.Length == 3 && string.Equals(parts[2], "higher", StringComparison.OrdinalIgnoreCase);
        if (parts.Length is < 2 or > 3 || (parts.Length == 3 && !isHigher) || parts[0].Length == 0)
        {
            return false;
        }

        double relative = 0;
        double absolute = 0;
        foreach (string term in parts[1].Split('+'))
        {
            bool isPercent = term.EndsWith('%');
            if (!double.TryParse(isPercent ? term.AsSpan(0, term.Length - 1) : term, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            relative += isPercent ? number / 100 : 0;
            absolute += isPercent ? 0 : number;
        }

        rule = new GateRule(parts[0], relative, absolute, isHigher);
        return true;
    }
}
