namespace GpuMm.Eviction;

/// <summary>CLOCK, with one bit per object.</summary>
public readonly struct ClockRule : IQueueRule
{
    /// <inheritdoc/>
    public static bool MovesOnHit => false;

    /// <inheritdoc/>
    public static bool MarksOnHit => true;
}
