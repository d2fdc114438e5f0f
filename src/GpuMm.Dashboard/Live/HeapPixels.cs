using System.Runtime.CompilerServices;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Live;

/// <summary>Heap maps as a canvas wants them, painted once for all who look at the same one.</summary>
/// <remarks>Safe for concurrent use. What was painted goes with its map.</remarks>
internal static class HeapPixels
{
    private static readonly ConditionalWeakTable<HeapMapView, byte[]?[]> s_painted = [];

    /// <summary>Four bytes for each cell of a map; not to be changed.</summary>
    /// <param name="map">The map.</param>
    /// <param name="by">What colours mean.</param>
    public static byte[] Of(HeapMapView map, HeapColor by)
    {
        byte[]?[] painted = s_painted.GetValue(map, static _ => new byte[]?[(int)HeapColor.Placement + 1]);
        return painted[(int)by] ??= Paint(map, by);
    }

    private static byte[] Paint(HeapMapView map, HeapColor by)
    {
        byte[] pixels = new byte[map.Cells.Count * 4];
        for (int i = 0; i < map.Cells.Count; i++)
        {
            HeapCell cell = map.Cells[i];
            HeapPalette.Paint(System.MemoryExtensions.AsSpan(pixels, i * 4, 4), HeapPalette.OfCell(cell, by), cell.UsedBytes, map.CellBytes);
        }

        return pixels;
    }
}
