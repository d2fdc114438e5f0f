using GpuMm.Backing;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay;

/// <summary>The machine and the rules of a full replay.</summary>
public sealed record FullReplayOptions
{
    /// <summary>Most uses of one job.</summary>
    public const int MaxJobUses = 4096;

    /// <summary>The machine.</summary>
    public required MachineProfile Machine { get; init; }

    /// <summary>Video memory, bytes; whole pages.</summary>
    public required ulong VramBytes { get; init; }

    /// <summary>The aperture, bytes; whole pages. Evicted objects stay there until it is full.</summary>
    public required ulong ApertureBytes { get; init; }

    /// <summary>System RAM, bytes; whole pages. Large enough by default never to matter.</summary>
    public ulong SystemBytes { get; init; } = 1ul << 42;

    /// <summary>Who is evicted: a name of the policies.</summary>
    public string Policy { get; init; } = "lru";

    /// <summary>Gives out video memory.</summary>
    public SpaceAllocatorKind Allocator { get; init; } = SpaceAllocatorKind.Range;

    /// <summary>
    /// Gives out the aperture; null when its objects need no addresses there, as in amdgpu's GTT, so that only its bytes count.
    /// With contents null means the range allocator.
    /// </summary>
    public SpaceAllocatorKind? ApertureAllocator { get; init; }

    /// <summary>Uses that make one job where the trace marks no end of one; 1 to <see cref="MaxJobUses"/>.</summary>
    public int JobUses { get; init; } = 16;

    /// <summary>When jobs are asked for.</summary>
    public ReplayPace Pace { get; init; }

    /// <summary>What is kept of the contents.</summary>
    public BackingKind Backing { get; init; } = BackingKind.None;

    /// <summary>The device is checked at the end, and what is broken counted. Costs a pass over all objects and holes.</summary>
    public bool ChecksInvariants { get; init; } = true;
}
