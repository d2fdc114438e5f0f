namespace GpuMm.Cli.Demo;

/// <summary>Frames of one bucket; no upper end in the last.</summary>
internal sealed record HistogramBucket(long? UpToNs, long Frames);
