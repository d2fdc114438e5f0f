namespace GpuMm.Eviction;

/// <summary>LRU.</summary>
public readonly struct LruRule : IQueueRule
{
    /// <inheritdoc/>
    public static bool MovesOnHit => true;

    /// <inheritdoc/>
    public static bool MarksOnHit => false;
}
