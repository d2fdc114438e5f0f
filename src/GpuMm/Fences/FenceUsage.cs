namespace GpuMm.Fences;

/// <summary>Why a fence is on a reservation. Asking for one class means it and every stronger (smaller) one.</summary>
public enum FenceUsage : byte
{
    /// <summary>Memory is being moved or cleared: everyone waits, the CPU fault handler too.</summary>
    Kernel = 0,

    /// <summary>A job writes the object.</summary>
    Write = 1,

    /// <summary>A job reads the object.</summary>
    Read = 2,

    /// <summary>Nobody waits implicitly, but the memory may be freed or moved only afterwards.</summary>
    Bookkeep = 3,
}
