namespace GpuMm.Eviction;

/// <summary>FIFO.</summary>
public readonly struct FifoRule : IQueueRule
{
    /// <inheritdoc/>
    public static bool MovesOnHit => false;

    /// <inheritdoc/>
    public static bool MarksOnHit => false;
}
