namespace GpuMm.RenderLoop.Frames;

/// <summary>A stretch of simulated time and what it went into.</summary>
/// <param name="StartNs">First nanosecond.</param>
/// <param name="EndNs">First nanosecond behind it.</param>
/// <param name="Cause">What it was spent on.</param>
/// <param name="ObjectId">The object that it was spent for; 0 for none.</param>
/// <param name="SizeBytes">Bytes carried, read or written in it.</param>
public readonly record struct TimeSpent(long StartNs, long EndNs, FrameCause Cause, ulong ObjectId = 0, ulong SizeBytes = 0);
