using System.Collections.Generic;

namespace GpuMm.RenderLoop.Frames;

/// <summary>One frame that missed the beat, and why.</summary>
/// <param name="Frame">Its number, from 0.</param>
/// <param name="FrameNs">How long it took, ns.</param>
/// <param name="ExcessNs">How much longer than the limit, ns.</param>
/// <param name="MemoryNs">How much of it memory is to blame for, ns.</param>
/// <param name="Client">Whose frame it was.</param>
/// <param name="Causes">
/// Everything that its time went into, longest first, with the objects; what did not fit is one line per cause. Their times
/// add up to <paramref name="FrameNs"/>.
/// </param>
public sealed record Stutter(
    int Frame, long FrameNs, long ExcessNs, long MemoryNs, string Client, IReadOnlyList<StutterCause> Causes);
