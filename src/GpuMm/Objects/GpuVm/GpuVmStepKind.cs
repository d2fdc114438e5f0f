namespace GpuMm.Objects;

/// <summary>What a driver does to its GPU page tables.</summary>
public enum GpuVmStepKind : byte
{
    /// <summary>Make a mapping.</summary>
    Map = 0,

    /// <summary>Take a mapping away.</summary>
    Unmap = 1,

    /// <summary>Take a mapping away, but for what is left of it before, behind, or both.</summary>
    Remap = 2,
}
