using System.Collections.Generic;

namespace GpuMm.Vulkan.Calibration;

/// <summary>How well a profile predicts a workload that it was not fitted to.</summary>
public sealed record CalibrationVerdict
{
    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>Moves that were compared.</summary>
    public required int Moves { get; init; }

    /// <summary>Frames that were compared.</summary>
    public required int Frames { get; init; }

    /// <summary>Rounds of the same workload; each time is their lower quartile.</summary>
    public required int Rounds { get; init; }

    /// <summary>Bytes of the moves of one round.</summary>
    public required long MovedBytes { get; init; }

    /// <summary>Relative errors of move times: half are smaller.</summary>
    public required double MoveMedian { get; init; }

    /// <summary>Relative errors of move times: 95 of 100 are smaller.</summary>
    public required double MoveP95 { get; init; }

    /// <summary>Relative errors of frame times (all moves of a frame): half are smaller.</summary>
    public required double FrameMedian { get; init; }

    /// <summary>Relative errors of frame times: 95 of 100 are smaller.</summary>
    public required double FrameP95 { get; init; }

    /// <summary>The same, of the first round alone, with whatever disturbed the machine then.</summary>
    public required double FirstRoundMoveMedian { get; init; }

    /// <summary>The same, 95 of 100.</summary>
    public required double FirstRoundMoveP95 { get; init; }

    /// <summary>True when the target is met: median error below 10 %, 95 of 100 below 25 %, of moves and of frames.</summary>
    public bool IsMet => MoveMedian < 0.10 && FrameMedian < 0.10 && MoveP95 < 0.25 && FrameP95 < 0.25;

    /// <summary>Every move, in order: measured and predicted.</summary>
    public required IReadOnlyList<VerifiedMove> Detail { get; init; }
}
