namespace GpuMm.Lab.Diff;

/// <summary>By what two runs are aligned.</summary>
public enum RunCut
{
    /// <summary>Frames that were shown.</summary>
    Frame,

    /// <summary>Jobs that were queued.</summary>
    Job,

    /// <summary>Every thousand uses of objects.</summary>
    ThousandUses,

    /// <summary>Nothing: all is one piece.</summary>
    Whole,
}
