using System;
using System.IO;
using StbImageWriteSharp;

namespace GpuMm.Vulkan.Mirror;

/// <summary>A picture that the device drew with the textures where they lay.</summary>
public sealed record MirrorPicture
{
    /// <summary>Pixels across.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels down.</summary>
    public required int Height { get; init; }

    /// <summary>4 bytes a pixel, top row first. A pixel that a stale texture coloured is red and white.</summary>
    public required ReadOnlyMemory<byte> Rgba { get; init; }

    /// <summary>Quads drawn.</summary>
    public required int Quads { get; init; }

    /// <summary>Of those, how many show a texture that the GPU does not reach now; they are magenta and black.</summary>
    public required int MissingQuads { get; init; }

    /// <summary>
    /// Pixels that differ from the same picture drawn with the CPU's bytes, uploaded afresh: 0 unless a texture is stale.
    /// </summary>
    public required int StalePixels { get; init; }

    /// <summary>Writes it as PNG.</summary>
    /// <param name="output">Receives the file.</param>
    public void WritePng(Stream output) =>
        new ImageWriter().WritePng(Rgba.ToArray(), Width, Height, ColorComponents.RedGreenBlueAlpha, output);
}
