namespace GpuMm.Ranges;

/// <summary>
/// Keeps neighbours of different colours apart: says how much of a hole must stay free at its two ends when a node of
/// <paramref name="color"/> is put into it.
/// </summary>
/// <param name="hole">The hole and what lies on both sides of it.</param>
/// <param name="color">Colour of the node that looks for a place.</param>
/// <returns>Bytes to leave free; margins that leave nothing make the hole unusable.</returns>
/// <remarks>
/// Must depend on its arguments alone and must not call the allocator (an operation from inside throws).
/// Source: the color_adjust callback of drm_mm, which moves the two ends of a candidate hole inward.
/// </remarks>
public delegate ColorMargins ColorAdjust(in ColorHole hole, ulong color);
