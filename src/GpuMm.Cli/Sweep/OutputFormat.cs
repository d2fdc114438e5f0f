namespace GpuMm.Cli.Sweep;

/// <summary>How runs are printed.</summary>
internal enum OutputFormat
{
    /// <summary>A table for people.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JSON document a line, one line a run.</summary>
    Ndjson,

    /// <summary>Comma-separated values with a heading; numbers raw.</summary>
    Csv,
}
