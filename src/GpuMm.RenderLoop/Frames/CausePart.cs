namespace GpuMm.RenderLoop.Frames;

/// <summary>One cause of one frame's time, and the object behind it.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="ObjectId">The object; 0 when there is none, or when it stands for the rest of a cause.</param>
/// <param name="Nanoseconds">Time, ns.</param>
/// <param name="SizeBytes">Bytes carried, read or written meanwhile.</param>
public readonly record struct CausePart(FrameCause Cause, ulong ObjectId, long Nanoseconds, ulong SizeBytes);
