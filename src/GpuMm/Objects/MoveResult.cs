using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>A driver's answer to a move.</summary>
public readonly record struct MoveResult
{
    private MoveResult(MoveOutcome outcome, Fence fence, Place hop, MmStatus status)
    {
        Outcome = outcome;
        Fence = fence;
        Hop = hop;
        Status = status;
    }

    /// <summary>What happened.</summary>
    public MoveOutcome Outcome { get; }

    /// <summary>When the copy is done.</summary>
    public Fence Fence { get; }

    /// <summary>Where to stop on the way.</summary>
    public Place Hop { get; }

    /// <summary>Why it failed.</summary>
    public MmStatus Status { get; }

    /// <summary>The bytes are where they should be.</summary>
    public static MoveResult Done => default;

    /// <summary>The bytes will be there when the fence signals.</summary>
    /// <param name="fence">The copy's fence.</param>
    public static MoveResult Queued(Fence fence) => new(MoveOutcome.Moved, fence, default, MmStatus.Ok);

    /// <summary>There is no direct way.</summary>
    /// <param name="hop">Where to stop; <see cref="PlaceFlags.Temporary"/> is added.</param>
    public static MoveResult Via(Place hop) =>
        new(MoveOutcome.MultiHop, default, hop with { Flags = hop.Flags | PlaceFlags.Temporary }, MmStatus.Ok);

    /// <summary>It could not be done.</summary>
    /// <param name="status">Why; not <see cref="MmStatus.Ok"/>.</param>
    public static MoveResult Failure(MmStatus status) => new(MoveOutcome.Failed, default, default, status);
}
