namespace GpuMm.Lab.Replay;

/// <summary>When a replay asks for the next job.</summary>
public enum ReplayPace
{
    /// <summary>As soon as the GPU is at most two jobs behind: the source's clock is left out.</summary>
    AsFastAsPossible = 0,

    /// <summary>At the times of the recording, or later when the machine is not ready.</summary>
    Recorded = 1,
}
