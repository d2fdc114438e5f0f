using System;
using System.Globalization;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Live;

/// <summary>Colours that people with any kind of colour vision can tell apart.</summary>
public static class HeapPalette
{
    /// <summary>Most of the cell is where its owner wants it.</summary>
    public const uint InPlace = 0x56B4E9;

    /// <summary>Most of the cell is elsewhere than its owner wants it.</summary>
    public const uint Misplaced = 0xD55E00;

    /// <summary>Most of the cell may not move.</summary>
    public const uint Pinned = 0xCC79A7;

    // Okabe and Ito, "Color Universal Design" (2008), without black and without yellow.
    private static readonly uint[] s_clients = [0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xD55E00, 0xF0E442];

    // Points of viridis (Smith and van der Walt, 2015), dark to light.
    private static readonly uint[] s_ages = [0xFDE725, 0x7AD151, 0x22A884, 0x2A788E, 0x414487, 0x440154];

    /// <summary>The colour of a client; grey for the host itself.</summary>
    /// <param name="clientId">The client's number.</param>
    public static uint OfClient(int clientId) => clientId == 0 ? 0x9E9E9Eu : s_clients[(clientId - 1) % s_clients.Length];

    /// <summary>The colour of an age: bright is young; each step is ten times older, from 100 ms.</summary>
    /// <param name="ageMs">The age, ms.</param>
    public static uint OfAge(long ageMs)
    {
        double decades = Math.Log10(Math.Max(100, ageMs) / 100.0);
        return s_ages[Math.Min(s_ages.Length - 1, (int)decades)];
    }

    /// <summary>The colour of a cell of a heap map.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="by">What colours mean.</param>
    public static uint OfCell(in HeapCell cell, HeapColor by) => by switch
    {
        HeapColor.Age => OfAge(cell.AgeMs),
        HeapColor.Idle => OfAge(cell.IdleMs),
        HeapColor.Placement => cell.PinnedBytes * 2 > cell.UsedBytes ? Pinned : cell.MisplacedBytes * 2 > cell.UsedBytes ? Misplaced : InPlace,
        _ => OfClient(cell.ClientId),
    };

    /// <summary>Writes a pixel as a canvas wants it: red, green, blue, and how full the cell is as opacity.</summary>
    /// <param name="pixel">Four bytes.</param>
    /// <param name="color">Red, green, blue.</param>
    /// <param name="usedBytes">Used bytes of the cell.</param>
    /// <param name="cellBytes">All bytes of the cell, above 0. Whatever is used can be seen: opacity is rounded up.</param>
    public static void Paint(Span<byte> pixel, uint color, ulong usedBytes, ulong cellBytes)
    {
        pixel[0] = (byte)(color >> 16 & 0xFF);
        pixel[1] = (byte)(color >> 8 & 0xFF);
        pixel[2] = (byte)(color & 0xFF);
        pixel[3] = (byte)Math.Ceiling(Math.Min(1, usedBytes / (double)cellBytes) * 255);
    }

    /// <summary>A colour for style sheets: "#0072b2".</summary>
    /// <param name="color">Red, green, blue.</param>
    public static string Css(uint color) => string.Create(CultureInfo.InvariantCulture, $"#{color:x6}");
}
