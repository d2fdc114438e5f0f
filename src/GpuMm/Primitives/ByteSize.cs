using System;
using System.Globalization;

namespace GpuMm.Primitives;

/// <summary>Sizes as people write them: "8GiB", "256 MiB", "4096", "1.5GB".</summary>
public static class ByteSize
{
    /// <summary>Reads a size. Units: B, KiB, MiB, GiB, TiB (powers of 1024), K, M, G, T (the same), KB, MB, GB, TB
    /// (powers of 1000); upper or lower case; a fraction is allowed when the result is a whole number of bytes.</summary>
    /// <param name="text">The text; white space around the number and the unit is ignored.</param>
    /// <param name="sizeBytes">The size, 0 to 2^63 - 1 bytes; 0 on failure.</param>
    /// <returns>False when the text is no size or too large.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong sizeBytes)
    {
        sizeBytes = 0;
        text = text.Trim();
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        if (digits == 0 || !TryUnit(text[digits..].Trim(), out ulong unit) ||
            !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ||
            number > long.MaxValue)
        {
            return false;
        }

        // A decimal holds 96 bits: number < 2^63 may still overflow when multiplied by a TiB, so divide to test.
        if (number > (decimal)long.MaxValue / unit)
        {
            return false;
        }

        decimal bytes = number * unit;
        if (bytes != decimal.Truncate(bytes))
        {
            return false;
        }

        sizeBytes = (ulong)bytes;
        return true;
    }

    /// <summary>Writes a size with the largest binary unit that leaves it exact or above 10: "96 MiB", "1.25 GiB".</summary>
    /// <param name="sizeBytes">Any size.</param>
    public static string Format(ulong sizeBytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        int unit = 0;
        double value = sizeBytes;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {units[unit]}");
    }

    private static bool TryUnit(ReadOnlySpan<char> text, out ulong unit)
    {
        const string Prefixes = "KMGT";
        unit = 1;
        if (text.IsEmpty || text.Equals("B", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int power = Prefixes.IndexOf(char.ToUpperInvariant(text[0]), StringComparison.Ordinal) + 1;
        ReadOnlySpan<char> tail = text[1..];
        bool isBinary = tail.IsEmpty || tail.Equals("iB", StringComparison.OrdinalIgnoreCase);
        if (power == 0 || (!isBinary && !tail.Equals("B", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        for (int i = 0; i < power; i++)
        {
            unit *= isBinary ? 1024ul : 1000ul;
        }

        return true;
    }
}
