namespace GpuMm.Cli.Fault;

/// <summary>What an access meets.</summary>
internal enum FaultCase
{
    /// <summary>An object at rest, never touched.</summary>
    Touch,

    /// <summary>An object that a copy engine is moving.</summary>
    Moving,

    /// <summary>An object that another thread has locked.</summary>
    Locked,

    /// <summary>An object in the part of video memory that the processor does not see.</summary>
    Hidden,

    /// <summary>An aligned object in a space with large pages.</summary>
    Large,

    /// <summary>An address where nothing is mapped.</summary>
    Nothing,
}
