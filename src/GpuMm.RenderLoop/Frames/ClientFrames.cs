namespace GpuMm.RenderLoop.Frames;

/// <summary>How one client fared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Frames">Counted frames of it that were shown.</param>
/// <param name="P50Ns">Median frame time, ns.</param>
/// <param name="P99Ns">99 of 100 take no longer, ns.</param>
/// <param name="Stutters">Frames over the limit.</param>
/// <param name="LoadedBytes">Bytes that it loaded, first and later loads.</param>
public sealed record ClientFrames(string Name, int Frames, long P50Ns, long P99Ns, int Stutters, long LoadedBytes);
