using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>How far a run is, after one frame.</summary>
/// <param name="Frame">Frames drawn.</param>
/// <param name="FrameTime">Time since the frame before was shown.</param>
/// <param name="VramUsedBytes">Held in video memory.</param>
/// <param name="ApertureUsedBytes">Held in the aperture.</param>
/// <param name="SystemUsedBytes">Held in system RAM outside the aperture.</param>
/// <param name="MovedBytes">Carried over the link by moves so far.</param>
/// <param name="Evictions">So far.</param>
/// <param name="Faults">So far.</param>
public readonly record struct DemoProgress(
    int Frame,
    SimTime FrameTime,
    ulong VramUsedBytes,
    ulong ApertureUsedBytes,
    ulong SystemUsedBytes,
    long MovedBytes,
    long Evictions,
    long Faults);
