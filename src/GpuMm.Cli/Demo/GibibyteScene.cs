using System;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Demo;

/// <summary>The scene for sizes that no single texture list fills.</summary>
internal static class GibibyteScene
{
    /// <summary>Below this the usual scene does.</summary>
    public const ulong LeastBytes = 1ul << 30;

    /// <summary>On PCIe the aperture is a table in memory, and large.</summary>
    public const ulong ApertureBytes = 4ul << 30;

    /// <summary>The list that is copied: Amazon Bistro.</summary>
    public static SceneDescription Description { get; } = SceneDescription.Find("bistro")!;

    /// <summary>As many copies as make the scene a little larger than the most memory.</summary>
    public static int ScaleFor(ulong largestVramBytes)
    {
        ulong once = SceneLoader.Load(Description, 1).TotalBytes;
        return (int)Math.Min((largestVramBytes / once) + 1, SceneLoader.MaxScale);
    }
}
