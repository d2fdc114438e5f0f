using System;
using System.Globalization;
using System.IO;

namespace GpuMm.RenderLoop.Pictures;

/// <summary>The letters of pictures: the printable characters of ASCII, 7 by 13 pixels, 16 shades.</summary>
/// <remarks>Drawn once from DejaVu Sans Mono at 11 pixels; a file of one line per character.</remarks>
internal static class Glyphs
{
    public const int Width = 7;
    public const int Height = 13;
    private const char First = ' ';
    private const char Last = '~';

    private static readonly byte[] s_alpha = Load();

    /// <summary>How much of a pixel a letter covers, 0 to 15.</summary>
    public static int Alpha(char letter, int x, int y)
    {
        int index = letter is < First or > Last ? '?' - First : letter - First;
        return s_alpha[(index * Width * Height) + (y * Width) + x];
    }

    private static byte[] Load()
    {
        using Stream stream = typeof(Glyphs).Assembly.GetManifestResourceStream("glyphs.txt")
            ?? throw new InvalidOperationException("The letters are not built in.");
        using StreamReader reader = new(stream);
        byte[] alpha = new byte[(Last - First + 1) * Width * Height];
        _ = reader.ReadLine(); // The size.
        for (int i = 0; i < alpha.Length; i += Width * Height)
        {
            string line = reader.ReadLine() ?? "";
            for (int pixel = 0; pixel < Width * Height; pixel++)
            {
                alpha[i + pixel] = byte.Parse(line.AsSpan(pixel, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }
        }

        return alpha;
    }
}
