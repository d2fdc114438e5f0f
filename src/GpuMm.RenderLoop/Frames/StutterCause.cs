namespace GpuMm.RenderLoop.Frames;

/// <summary>One thing that a frame waited for.</summary>
/// <param name="Cause">What it was.</param>
/// <param name="ObjectName">The object; null for none, or for the rest of a cause.</param>
/// <param name="Nanoseconds">How long, ns.</param>
/// <param name="SizeBytes">Bytes carried, read or written meanwhile.</param>
public sealed record StutterCause(FrameCause Cause, string? ObjectName, long Nanoseconds, ulong SizeBytes);
