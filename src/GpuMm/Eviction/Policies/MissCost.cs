namespace GpuMm.Eviction;

/// <summary>Each return costs the same: fewest misses.</summary>
public readonly struct MissCost : IEvictionCost
{
    /// <inheritdoc/>
    public static double PerReturn(uint size) => 1;
}
