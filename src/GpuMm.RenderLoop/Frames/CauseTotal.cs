namespace GpuMm.RenderLoop.Frames;

/// <summary>What one cause came to.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="TotalNs">In all counted frames, ns.</param>
/// <param name="P99Ns">In the frame whose time is the 99th percentile, ns.</param>
/// <param name="StutterNs">In all stutters, ns.</param>
public sealed record CauseTotal(FrameCause Cause, long TotalNs, long P99Ns, long StutterNs);
