namespace GpuMm.Objects;

/// <summary>How a driver answers a move.</summary>
public enum MoveOutcome : byte
{
    /// <summary>The move is queued or done; the fence tells when.</summary>
    Moved = 0,

    /// <summary>It cannot go there directly: move to the given place first, then ask again.</summary>
    MultiHop = 1,

    /// <summary>It failed; nothing was changed.</summary>
    Failed = 2,
}
