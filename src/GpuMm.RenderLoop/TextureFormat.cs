using System;

namespace GpuMm.RenderLoop;

/// <summary>How the texels of a texture lie in memory, and so how large it is.</summary>
public static class TextureFormat
{
    private const int LargestDimension = 1 << 16;

    /// <summary>Bytes of a texture on the GPU, all mip levels.</summary>
    /// <param name="format">As the texture lists write it: TGA24, TGA32 (both become RGBA8), DXGI98, DXGI99 (BC7).</param>
    /// <param name="width">Texels across, 1 to 65536.</param>
    /// <param name="height">Texels down, 1 to 65536.</param>
    /// <param name="mipCount">Levels, 1 to 17.</param>
    /// <exception cref="FormatException">The format is unknown or a number is out of range.</exception>
    public static ulong SizeBytes(string format, int width, int height, int mipCount)
    {
        bool isBlock = format is "DXGI98" or "DXGI99";
        if (!isBlock && format is not ("TGA24" or "TGA32"))
        {
            throw new FormatException($"Unknown texture format '{format}'.");
        }

        if (width is < 1 or > LargestDimension || height is < 1 or > LargestDimension || mipCount is < 1 or > 17)
        {
            throw new FormatException($"A texture of {width} x {height} with {mipCount} levels is out of range.");
        }

        ulong sum = 0;
        for (int level = 0; level < mipCount; level++)
        {
            ulong w = (ulong)Math.Max(1, width >> level);
            ulong h = (ulong)Math.Max(1, height >> level);

            // BC7: 16 bytes per block of 4 x 4 texels. RGBA8: 4 bytes per texel; GPUs have no 24-bit texels.
            sum += isBlock ? (w + 3) / 4 * ((h + 3) / 4) * 16 : w * h * 4;
        }

        return sum;
    }
}
