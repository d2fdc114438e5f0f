using System;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>One texture of a scene.</summary>
/// <param name="Name">Path in the scene's texture list; copies of a list end in "#2", "#3", and so on.</param>
/// <param name="SizeBytes">Bytes on the GPU, rounded up to whole pages.</param>
/// <param name="MaterialIndex">The material that it is part of.</param>
public sealed record SceneTexture(string Name, ulong SizeBytes, int MaterialIndex)
{
    /// <summary>How its texels lie, as the texture lists write it.</summary>
    public string Format { get; init; } = "DXGI99";

    /// <summary>Texels across; 0 when the texture has no shape, only a size.</summary>
    public int Width { get; init; }

    /// <summary>Texels down; 0 when the texture has no shape, only a size.</summary>
    public int Height { get; init; }

    /// <summary>Levels of the full mip chain, down to one texel; at least 1.</summary>
    public int FullLevelCount
    {
        get
        {
            int levels = 1;
            for (int size = Math.Max(Width, Height); size > 1; size >>= 1)
            {
                levels++;
            }

            return levels;
        }
    }

    /// <summary>Bytes of some mip levels, rounded up to whole pages.</summary>
    /// <param name="first">First level; 0 is the largest.</param>
    /// <param name="count">Levels, at least 1; those beyond one texel repeat it.</param>
    public ulong LevelBytes(int first, int count)
    {
        ulong sum = 0;
        for (int level = first; level < first + count; level++)
        {
            sum += TextureFormat.SizeBytes(Format, Math.Max(1, Width >> level), Math.Max(1, Height >> level), 1);
        }

        return Pages.Bytes(Pages.Count(sum));
    }
}
