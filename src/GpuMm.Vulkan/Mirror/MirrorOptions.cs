namespace GpuMm.Vulkan.Mirror;

/// <summary>How to mirror.</summary>
public sealed record MirrorOptions
{
    /// <summary>The loader's number of the device; null for the one that is most of a GPU.</summary>
    public int? DeviceIndex { get; init; }

    /// <summary>Put the validation layer in; <see cref="MirrorReport.ValidationMessages"/> tells what it said.</summary>
    public bool Validate { get; init; }

    /// <summary>Whose durations drive the virtual clock.</summary>
    public MirrorTiming Timing { get; init; }

    /// <summary>
    /// Whether small copies in a row share their timestamps, and their time is shared out by size. Each has its own when the
    /// durations drive the clock. Null, the default: on devices of software, where a timestamp wakes the rasterizer's threads.
    /// </summary>
    public bool? SharesTimestamps { get; init; }

    /// <summary>When a shader checks the bytes.</summary>
    public MirrorCheck Check { get; init; } = MirrorCheck.EachMove;

    /// <summary>What happens when the device fails.</summary>
    public MirrorFailure OnFailure { get; init; }

    /// <summary>What a block of real memory holds unless one object needs more, bytes; at least 1 MiB, whole pages.</summary>
    public ulong BlockBytes { get; init; } = 64ul << 20;
}
