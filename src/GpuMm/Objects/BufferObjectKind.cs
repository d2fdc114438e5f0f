namespace GpuMm.Objects;

/// <summary>What a buffer object is for.</summary>
public enum BufferObjectKind : byte
{
    /// <summary>User memory: can be mapped, starts as zeroes.</summary>
    Device = 0,

    /// <summary>The driver's own: cannot be mapped.</summary>
    Kernel = 1,

    /// <summary>Somebody else's pages, imported: can be mapped where their owner allows it.</summary>
    Sg = 2,
}
