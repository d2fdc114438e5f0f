namespace GpuMm.RenderLoop.Workloads;

/// <summary>What only one kind of workload can tell. Times are simulated.</summary>
public sealed record WorkloadFindings
{
    /// <summary>First frame of the pulse or of the loading screen.</summary>
    public int FirstFrame { get; init; }

    /// <summary>First frame behind it.</summary>
    public int EndFrame { get; init; }

    /// <summary>How long the pulse or the loading screen took, ns.</summary>
    public long DurationNs { get; init; }

    /// <summary>Bytes that were loaded in it.</summary>
    public long LoadedBytes { get; init; }

    /// <summary>The longest frame of the second before the pulse, or the stutter limit when that is longer, ns.</summary>
    public long BaselineNs { get; init; }

    /// <summary>Frames after the pulse until 30 in a row were within the baseline; -1 when that did not come to pass.</summary>
    public int RecoveryFrames { get; init; } = -1;

    /// <summary>Time of those, ns; -1 when it did not recover.</summary>
    public long RecoveryNs { get; init; } = -1;

    /// <summary>Pictures of the film that were decoded in time.</summary>
    public int PicturesShown { get; init; }

    /// <summary>Pictures of the film that came too late.</summary>
    public int PicturesLate { get; init; }

    /// <summary>Events of a recording that were done again.</summary>
    public long EventsReplayed { get; init; }

    /// <summary>Events of a recording that ask for something a render loop cannot do again.</summary>
    public long EventsSkipped { get; init; }
}
