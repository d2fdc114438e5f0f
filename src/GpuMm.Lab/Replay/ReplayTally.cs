namespace GpuMm.Lab.Replay;

/// <summary>What both engines of a full replay count alike.</summary>
internal struct ReplayTally
{
    public long Events;
    public long Requests;
    public long Misses;
    public ulong MissBytes;
    public long Objects;
    public long Failures;
    public long StallNs;

    /// <summary>The counts, and what the end state says of video memory; the engine adds what it alone knows.</summary>
    /// <param name="vramBytes">Size of video memory.</param>
    /// <param name="usedBytes">In use.</param>
    /// <param name="peakBytes">Most in use.</param>
    /// <param name="holeBytes">The largest gap.</param>
    public readonly FullReplayResult Result(ulong vramBytes, ulong usedBytes, ulong peakBytes, ulong holeBytes) => new()
    {
        Events = Events,
        Requests = Requests,
        Misses = Misses,
        MissBytes = MissBytes,
        Objects = Objects,
        Failures = Failures,
        StallNs = StallNs,
        VramPeakBytes = peakBytes,
        VramUsedBytes = usedBytes,
        LargestHoleBytes = holeBytes,
        Fragmentation = vramBytes == usedBytes ? 0 : 1 - ((double)holeBytes / (vramBytes - usedBytes)),
    };
}
