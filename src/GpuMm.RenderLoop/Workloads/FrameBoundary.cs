namespace GpuMm.RenderLoop.Workloads;

/// <summary>What ends a frame of a recording.</summary>
public enum FrameBoundary : byte
{
    /// <summary>The recording marks its frames.</summary>
    FrameMark = 0,

    /// <summary>It marks none; each job counts as a frame.</summary>
    Job = 1,

    /// <summary>It has no jobs either; a frame is a sixtieth of a second of its time, and creating an object uses it.</summary>
    Time = 2,
}
