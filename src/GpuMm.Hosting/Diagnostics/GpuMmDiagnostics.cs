namespace GpuMm.Hosting.Diagnostics;

/// <summary>The public names of what GpuMm tells monitoring tools.</summary>
public static class GpuMmDiagnostics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GpuMm";

    /// <summary>Name of the activity source.</summary>
    public const string ActivitySourceName = "GpuMm";

    /// <summary>Name of the event source, for one event per move, eviction and fault.</summary>
    public const string EventSourceName = "GpuMm";
}
