namespace GpuMm.Eviction;

/// <summary>What a hit means to a policy of one queue.</summary>
public interface IQueueRule
{
    /// <summary>A hit makes the object the youngest.</summary>
    static abstract bool MovesOnHit { get; }

    /// <summary>A hit sets a bit that gives the object a second chance at the tail.</summary>
    static abstract bool MarksOnHit { get; }
}
