using GpuMm.Lab.League;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay;

/// <summary>On what a trace is replayed; what is null is as the recording says, or as usual.</summary>
public sealed record ReplaySetup
{
    /// <summary>The machine. Usual: pcie3x16.</summary>
    public MachineProfile? Machine { get; init; }

    /// <summary>A link in place of the machine's own.</summary>
    public LinkModel? Link { get; init; }

    /// <summary>How much video memory the CPU sees, bytes, in place of the machine's own.</summary>
    public ulong? BarBytes { get; init; }

    /// <summary>Video memory: a size, or a share of the most that is alive at once. Usual: 50 %.</summary>
    public CapacitySpec? Vram { get; init; }

    /// <summary>Who is evicted. Usual: lru.</summary>
    public string? Policy { get; init; }

    /// <summary>Who gives out video memory. Usual: the range allocator.</summary>
    public SpaceAllocatorKind? Allocator { get; init; }

    /// <summary>What carries the replay out. A recording of a device, and whoever is observed, has the device.</summary>
    public ReplayEngine Engine { get; init; }

    /// <summary>Objects without a name get one from their number in the trace; costs a text for each.</summary>
    public bool NamesObjects { get; init; }
}
