namespace GpuMm.Lab.Replay;

/// <summary>What came of a full replay. Times are simulated, of the machine that was given.</summary>
public sealed record FullReplayResult
{
    /// <summary>Events read.</summary>
    public long Events { get; init; }

    /// <summary>Uses of objects by the GPU.</summary>
    public long Requests { get; init; }

    /// <summary>Uses whose object was not in video memory when it was asked for.</summary>
    public long Misses { get; init; }

    /// <summary>Bytes of those objects.</summary>
    public ulong MissBytes { get; init; }

    /// <summary>Objects that were made.</summary>
    public long Objects { get; init; }

    /// <summary>Objects or uses that found no place anywhere.</summary>
    public long Failures { get; init; }

    /// <summary>Jobs.</summary>
    public long Jobs { get; init; }

    /// <summary>Objects that made room for others.</summary>
    public long Evictions { get; init; }

    /// <summary>Bytes carried into video memory.</summary>
    public long ToVramBytes { get; init; }

    /// <summary>Bytes carried out of it.</summary>
    public long FromVramBytes { get; init; }

    /// <summary>Bytes that jobs read over the link, because an object had to stay outside.</summary>
    public long LinkReadBytes { get; init; }

    /// <summary>CPU faults.</summary>
    public long Faults { get; init; }

    /// <summary>Page-table entries revoked.</summary>
    public long ZappedPtes { get; init; }

    /// <summary>From the first job to the end of the last, ns.</summary>
    public long SimulatedNs { get; init; }

    /// <summary>Time that the program waited for the GPU to come after, ns.</summary>
    public long StallNs { get; init; }

    /// <summary>Time of the copy engine, ns.</summary>
    public long CopyNs { get; init; }

    /// <summary>Time of the render engine, ns.</summary>
    public long RenderNs { get; init; }

    /// <summary>Most video memory in use, bytes.</summary>
    public ulong VramPeakBytes { get; init; }

    /// <summary>Video memory in use at the end, bytes.</summary>
    public ulong VramUsedBytes { get; init; }

    /// <summary>Largest gap in video memory at the end, bytes.</summary>
    public ulong LargestHoleBytes { get; init; }

    /// <summary>1 - largest gap / free bytes at the end: 0 when all free bytes lie together.</summary>
    public double Fragmentation { get; init; }

    /// <summary>Invariants of the device that were broken at the end; none, unless there is a fault in the program, or nobody asked.</summary>
    public int BrokenInvariants { get; init; }
}
