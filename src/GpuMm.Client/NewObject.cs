namespace GpuMm.Client;

/// <summary>What to create.</summary>
public sealed record NewObject
{
    /// <summary>Bytes; at least 1, rounded up to whole pages.</summary>
    public required ulong Size { get; init; }

    /// <summary>Shown to people; at most 128 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Where it should be: vram-or-gtt (usual), vram, gtt, system, gtt-or-system, vram-contiguous or vram-top-down.</summary>
    public string? Placement { get; init; }

    /// <summary>How the CPU maps its system pages: cached, writeCombined or uncached; null for writeCombined.</summary>
    public string? Caching { get; init; }

    /// <summary>0 (evicted first) to 3.</summary>
    public int Priority { get; init; }

    /// <summary>Of its place; a power of two; null for a page.</summary>
    public ulong? Alignment { get; init; }
}
