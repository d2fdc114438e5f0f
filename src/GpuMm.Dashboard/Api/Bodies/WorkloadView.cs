namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A workload that runs, or ran.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Which.</param>
/// <param name="Device">Where.</param>
/// <param name="IsRunning">Whether it still runs.</param>
/// <param name="Frames">Frames drawn; of a recording, jobs.</param>
/// <param name="SkippedFrames">Frames left out, because the GPU was not done with earlier ones; of a recording, requests that this device refused.</param>
/// <param name="Failure">What ended it; null when nothing did.</param>
public sealed record WorkloadView(int Id, string Name, string Device, bool IsRunning, long Frames, long SkippedFrames, string? Failure);
