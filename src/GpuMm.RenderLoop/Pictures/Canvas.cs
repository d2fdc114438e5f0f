using System;
using System.IO;
using StbImageWriteSharp;

namespace GpuMm.RenderLoop.Pictures;

/// <summary>Pixels, rectangles, lines and small text.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels; // Red, green, blue; rows from the top.

    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        _pixels = new byte[width * height * 3];
    }

    public int Width { get; }

    public int Height { get; }

    public void Set(int x, int y, Rgb color)
    {
        if ((uint)x < (uint)Width && (uint)y < (uint)Height)
        {
            int at = ((y * Width) + x) * 3;
            _pixels[at] = color.Red;
            _pixels[at + 1] = color.Green;
            _pixels[at + 2] = color.Blue;
        }
    }

    public void Fill(int x, int y, int width, int height, Rgb color)
    {
        for (int row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            for (int column = Math.Max(0, x); column < Math.Min(Width, x + width); column++)
            {
                Set(column, row, color);
            }
        }
    }

    public void Line(double x0, double y0, double x1, double y1, Rgb color)
    {
        int steps = (int)Math.Max(1, Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0)));
        for (int i = 0; i <= steps; i++)
        {
            Set((int)(x0 + ((x1 - x0) * i / steps)), (int)(y0 + ((y1 - y0) * i / steps)), color);
        }
    }

    public void Text(int x, int y, string text, Rgb color)
    {
        foreach (char each in text)
        {
            for (int row = 0; row < Glyphs.Height; row++)
            {
                for (int column = 0; column < Glyphs.Width; column++)
                {
                    int share = Glyphs.Alpha(each, column, row);
                    if (share > 0)
                    {
                        Blend(x + column, y + row, color, share);
                    }
                }
            }

            x += Glyphs.Width;
        }
    }

    public void WritePng(Stream stream) =>
        new ImageWriter().WritePng(_pixels, Width, Height, ColorComponents.RedGreenBlue, stream);

    private void Blend(int x, int y, Rgb color, int share15)
    {
        if ((uint)x < (uint)Width && (uint)y < (uint)Height)
        {
            int at = ((y * Width) + x) * 3;
            _pixels[at] = Mix(_pixels[at], color.Red, share15);
            _pixels[at + 1] = Mix(_pixels[at + 1], color.Green, share15);
            _pixels[at + 2] = Mix(_pixels[at + 2], color.Blue, share15);
        }
    }

    private static byte Mix(byte below, byte above, int share15) => (byte)(((below * (15 - share15)) + (above * share15)) / 15);
}
