namespace GpuMm.Traces;

/// <summary>How a trace is opened.</summary>
public sealed record TraceOpenOptions
{
    /// <summary>The format's name; null to find it by content.</summary>
    public string? From { get; init; }

    /// <summary>For tables: which column is what, in libCacheSim's words (<c>time-col=1,obj-id-col=2,…</c>); null to guess.</summary>
    public string? Columns { get; init; }
}
