namespace GpuMm.Vulkan.Calibration;

/// <summary>How to calibrate.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The loader's number of the device; null for the one that is most of a GPU.</summary>
    public int? DeviceIndex { get; init; }

    /// <summary>The smallest copy, bytes; whole pages.</summary>
    public ulong MinBytes { get; init; } = 32ul << 10;

    /// <summary>The largest copy, bytes; whole pages.</summary>
    public ulong MaxBytes { get; init; } = 32ul << 20;

    /// <summary>Copies timed for each size, way and order, 3 or more; there are six orders.</summary>
    public int Repeats { get; init; } = 8;

    /// <summary>Frames of the workload that is predicted.</summary>
    public int VerifyFrames { get; init; } = 60;

    /// <summary>How often it runs.</summary>
    public int VerifyRounds { get; init; } = 8;

    /// <summary>Decides the order of the copies, and the sizes and order of the workload that is predicted.</summary>
    public ulong Seed { get; init; } = 1;
}
