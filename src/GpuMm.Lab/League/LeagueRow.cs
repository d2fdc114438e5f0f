namespace GpuMm.Lab.League;

/// <summary>How one policy did at one size.</summary>
public sealed record LeagueRow
{
    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Size of the memory, units.</summary>
    public required long Capacity { get; init; }

    /// <summary>The counts. A bound counts misses and bytes only.</summary>
    public required ReplayCounts Counts { get; init; }

    /// <summary>Misses of Belady's rule at this size; null when it was not played.</summary>
    public long? OptimumMisses { get; init; }

    /// <summary>Misses that no policy goes below; null when the bound was not asked for.</summary>
    public long? BoundMisses { get; init; }

    /// <summary>Missed bytes that no policy goes below; null when the bound was not asked for.</summary>
    public ulong? BoundMissBytes { get; init; }

    /// <summary>Misses by requests.</summary>
    public double MissRatio => Counts.Requests == 0 ? 0 : (double)Counts.Misses / Counts.Requests;

    /// <summary>Missed bytes by requested bytes.</summary>
    public double ByteMissRatio => Counts.RequestBytes == 0 ? 0 : (double)Counts.MissBytes / Counts.RequestBytes;

    /// <summary>Misses above Belady's, as a share of his; null when it was not played. Below 0 only when sizes differ.</summary>
    public double? AboveOptimum => OptimumMisses is > 0 ? ((double)Counts.Misses / OptimumMisses.Value) - 1 : null;

    /// <summary>Misses above the bound, as a share of it; null when the bound was not asked for.</summary>
    public double? AboveBound => BoundMisses is > 0 ? ((double)Counts.Misses / BoundMisses.Value) - 1 : null;
}
