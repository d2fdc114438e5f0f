using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>How far a run is, after one frame.</summary>
/// <param name="Frame">Frames submitted.</param>
/// <param name="FrameTime">Time of the last frame that was seen; it may be one or two behind.</param>
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
