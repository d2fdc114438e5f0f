using System.Collections.Generic;

namespace GpuMm.Diagnostics;

/// <summary>One eviction, with all that explains it.</summary>
public sealed record EvictionRecord
{
    /// <summary>Number of the event.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The driver's time, ns.</summary>
    public required ulong TimeNs { get; init; }

    /// <summary>Who had to go.</summary>
    public required ulong VictimId { get; init; }

    /// <summary>Its name; empty when it was created before anybody listened.</summary>
    public required string VictimName { get; init; }

    /// <summary>For whom.</summary>
    public required ulong EvictorId { get; init; }

    /// <summary>Its name; empty when it was created before anybody listened.</summary>
    public required string EvictorName { get; init; }

    /// <summary>The victim's place in the order of the walk, from 0.</summary>
    public required int Rank { get; init; }

    /// <summary>What the order is called.</summary>
    public required string Order { get; init; }

    /// <summary>Where it was.</summary>
    public required MemoryDomain? From { get; init; }

    /// <summary>Where it is now; null when its contents were dropped.</summary>
    public required MemoryDomain? To { get; init; }

    /// <summary>Size of the victim, bytes.</summary>
    public required ulong SizeBytes { get; init; }

    /// <summary>Time that the copy takes from now, ns; 0 when it is done or the driver has no clock.</summary>
    public required ulong CostNs { get; init; }

    /// <summary>Those before it in the order, at most <see cref="EvictionJournal.MaxPassed"/>, in order.</summary>
    public required IReadOnlyList<PassedCandidate> Passed { get; init; }

    /// <summary>How many more stood before it than <see cref="Passed"/> holds.</summary>
    public required int PassedUntold { get; init; }

    /// <summary>One sentence.</summary>
    public override string ToString() => EvictionText.Of(this);
}
