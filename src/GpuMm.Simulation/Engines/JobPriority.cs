namespace GpuMm.Simulation;

/// <summary>Who goes first on an engine. A job that runs is not interrupted.</summary>
/// <remarks>Source: the priorities of the kernel's GPU scheduler.</remarks>
public enum JobPriority : byte
{
    /// <summary>Work that may wait: a client that nobody looks at.</summary>
    Background = 0,

    /// <summary>The usual.</summary>
    Normal = 1,

    /// <summary>Work that somebody waits for: a compositor.</summary>
    High = 2,

    /// <summary>The manager's own copies.</summary>
    Kernel = 3,
}
