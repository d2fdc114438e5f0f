using GpuMm.Objects;

namespace GpuMm.Simulation;

/// <summary>How one client submits.</summary>
public sealed record SubmissionOptions
{
    /// <summary>The name of the client's timeline.</summary>
    public string Name { get; init; } = "client";

    /// <summary>The client's number, for labels; 0 for nobody in particular.</summary>
    public int ClientId { get; init; }

    /// <summary>Who goes first on the render ring: a background client waits for a foreground one.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>Where the objects should be for the GPU; others are evicted for it.</summary>
    public Placement Preferred { get; init; } = Placement.Vram;

    /// <summary>Where they may be when there is no room, or no budget, for <see cref="Preferred"/>.</summary>
    public Placement Allowed { get; init; } = Placement.VramThenGtt;

    /// <summary>How much may be moved; null for as much as is needed. Clients may share one.</summary>
    public MoveBudget? Budget { get; init; }

    /// <summary>
    /// As <see cref="Budget"/>, with all of amdgpu's rules: a budget of its own for what the CPU sees, and who is shared or pinned
    /// is not moved. Null for none; not both. Clients of one device share one.
    /// </summary>
    public SubmissionThrottle? Throttle { get; init; }

    /// <summary>Chooses in place of all these; null for nobody.</summary>
    public IPlacementChooser? Chooser { get; init; }

    /// <summary>
    /// The GPU faults on what is not in VRAM, instead of waiting for it beforehand: each object that had to come costs the
    /// job a far fault (<see cref="MachineProfile.FarFaultNs"/>).
    /// </summary>
    public bool OnDemand { get; init; }

    /// <summary>Jobs that may be pending; a client that has more waits for its oldest, as on a full ring. At least 1.</summary>
    public int MaxPendingJobs { get; init; } = 256;
}
