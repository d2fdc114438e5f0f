namespace GpuMm.Lab.Replay;

/// <summary>What carries a full replay out. The results are the same.</summary>
public enum ReplayEngine
{
    /// <summary>The compact one where it knows the trace, else the device.</summary>
    Auto = 0,

    /// <summary>Only for traces that do no more than create and use objects: the device's rules on a line of memory for each object.</summary>
    Compact,

    /// <summary>The memory manager itself.</summary>
    Device,
}
