using System;
using System.Buffers.Text;
using System.Text;

namespace GpuMm.Traces.Import;

/// <summary>Numbers and words in bytes of text.</summary>
internal static class Fields
{
    public static bool TryWhole(ReadOnlySpan<byte> text, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && text.Length > 0;

    public static bool TrySigned(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && text.Length > 0;

    /// <summary>Hexadecimal digits, with or without 0x.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out ulong value)
    {
        if (text.StartsWith("0x"u8) || text.StartsWith("0X"u8))
        {
            text = text[2..];
        }

        value = 0;
        return text.Length is > 0 and <= 16 && Utf8Parser.TryParse(text, out value, out int used, 'x') && used == text.Length;
    }

    /// <summary>Seconds with up to nine decimals, in ns: no floating point, so that nothing is rounded.</summary>
    public static bool TrySeconds(ReadOnlySpan<byte> text, out long ns)
    {
        ns = 0;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> decimals = point < 0 ? [] : text[(point + 1)..];
        if (!TryWhole(whole, out ulong seconds) || seconds > 9_000_000_000 || decimals.Length > 9)
        {
            return false;
        }

        ulong fraction = 0;
        if (decimals.Length > 0 && !TryWhole(decimals, out fraction))
        {
            return false;
        }

        for (int i = decimals.Length; i < 9; i++)
        {
            fraction *= 10;
        }

        ns = (long)((seconds * 1_000_000_000) + fraction);
        return true;
    }

    /// <summary>Seconds; a whole number that is none (milliseconds, an epoch in ns) stays in order, clipped to what ns can say.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long ns)
    {
        if (TrySeconds(text, out ns))
        {
            return true;
        }

        bool isWhole = TryWhole(text, out ulong big);
        ns = isWhole ? (long)Math.Min(big, long.MaxValue) : 0;
        return isWhole;
    }

    /// <summary>Takes the text up to a separator off the front; the whole when there is none.</summary>
    public static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest, byte separator)
    {
        int end = rest.IndexOf(separator);
        ReadOnlySpan<byte> field = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return field;
    }

    /// <summary>A printable, short copy of untrusted text.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, int most = 200)
    {
        string text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, most)]);
        return string.Create(text.Length, text, static (chars, source) =>
        {
            for (int i = 0; i < chars.Length; i++)
            {
                chars[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
