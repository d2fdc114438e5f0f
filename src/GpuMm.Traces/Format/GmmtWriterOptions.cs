namespace GpuMm.Traces.Format;

/// <summary>How a native trace is written.</summary>
public sealed record GmmtWriterOptions
{
    /// <summary>Uncompressed bytes of a block, 4 KiB to 4 MiB. A crash loses at most this much.</summary>
    public int BlockBytes { get; init; } = 256 << 10;

    /// <summary>Level of zstd, 1 (fast) to 19; 0 stores blocks as they are.</summary>
    public int CompressionLevel { get; init; } = 3;
}
