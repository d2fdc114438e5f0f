using System;

namespace GpuMm.Lab.League;

/// <summary>Consecutive requests of a trace.</summary>
internal readonly ref struct ReplayBatch
{
    /// <summary>1-based number of the first.</summary>
    public long FirstNumber { get; init; }

    /// <summary>Objects seen up to the end of the batch: all slots are smaller.</summary>
    public int SlotCount { get; init; }

    /// <summary>With dense numbers.</summary>
    public ReadOnlySpan<ReplayRequest> Requests { get; init; }

    /// <summary>As the trace has them.</summary>
    public ReadOnlySpan<OracleRecord> Records { get; init; }
}
