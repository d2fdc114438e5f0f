using System.Collections.Generic;

namespace GpuMm.RenderLoop.Pictures;

/// <summary>What there is to see after a frame: where the camera is, and where each texture lives.</summary>
public sealed record SceneLook
{
    /// <summary>Frames drawn.</summary>
    public required int Frame { get; init; }

    /// <summary>How long the last one took, ns.</summary>
    public required long FrameNs { get; init; }

    /// <summary>The view of the last frame.</summary>
    public required Camera Camera { get; init; }

    /// <summary>Every part of a texture that the game can load, in the order of the scene.</summary>
    public required IReadOnlyList<TexturePlace> Parts { get; init; }

    /// <summary>Bytes of the parts that live in a domain; of those that are not loaded for null.</summary>
    /// <param name="domain">The domain.</param>
    public ulong BytesIn(MemoryDomain? domain)
    {
        ulong sum = 0;
        foreach (TexturePlace part in Parts)
        {
            sum += part.Domain == domain ? part.SizeBytes : 0;
        }

        return sum;
    }
}
