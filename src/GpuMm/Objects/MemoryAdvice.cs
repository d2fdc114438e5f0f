namespace GpuMm.Objects;

/// <summary>What the owner says about the contents of an object.</summary>
public enum MemoryAdvice : byte
{
    /// <summary>They are needed: keep them.</summary>
    WillNeed = 0,

    /// <summary>They can be made again: drop them rather than move or swap them.</summary>
    DontNeed = 1,
}
