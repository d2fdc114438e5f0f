namespace GpuMm.Traces.Model;

/// <summary>Why something moved. The numbers are part of the file format.</summary>
public enum TraceCause : byte
{
    /// <summary>The source does not say.</summary>
    Unknown = 0,

    /// <summary>A program or a job asked for it in another place.</summary>
    Validate = 1,

    /// <summary>It made room for another.</summary>
    Eviction = 2,

    /// <summary>The CPU touched it where it cannot reach it.</summary>
    CpuFault = 3,

    /// <summary>A stop on the way.</summary>
    Hop = 4,

    /// <summary>System RAM was short.</summary>
    Swap = 5,

    /// <summary>It was brought before it was asked for.</summary>
    Prefetch = 6,

    /// <summary>To make holes larger.</summary>
    Defragment = 7,

    /// <summary>The device slept, woke, was reset or went away.</summary>
    Power = 8,

    /// <summary>Its client was over a limit.</summary>
    Limit = 9,

    /// <summary>It got its first place.</summary>
    Create = 10,

    /// <summary>A submission to the GPU needed it.</summary>
    Submission = 11,
}
