namespace GpuMm.Traces.Import;

internal enum FtraceOutcome
{
    /// <summary>The event is not one of ours.</summary>
    Unknown,

    /// <summary>It was understood.</summary>
    Done,

    /// <summary>It is one of ours, but its fields are not.</summary>
    Malformed,
}
