using GpuMm.Diagnostics;

namespace GpuMm.Simulation;

/// <summary>What <see cref="DeviceEventKind.QueueOpened"/> tells in its detail, beside the number of allowed wishes. Recordings keep the numbers.</summary>
public static class QueueFlags
{
    /// <summary>The number of allowed wishes.</summary>
    public const ulong AllowedCount = 15;

    /// <summary>The GPU faults on what is not there.</summary>
    public const ulong OnDemand = 16;

    /// <summary>A budget, a throttle or somebody else chooses: what they chose is told by the validations.</summary>
    public const ulong ChoosesAnew = 32;

    /// <summary>It has no ring of its own.</summary>
    public const ulong SharesRing = 64;
}
