namespace GpuMm.Eviction;

/// <summary>A return costs what it carries: fewest bytes over the link.</summary>
public readonly struct ByteCost : IEvictionCost
{
    /// <inheritdoc/>
    public static double PerReturn(uint size) => size;
}
