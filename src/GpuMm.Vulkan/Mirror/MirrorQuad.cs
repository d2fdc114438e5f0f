using System.Numerics;

namespace GpuMm.Vulkan.Mirror;

/// <summary>One quad of a picture, and the texture that it shows.</summary>
/// <param name="Texture">The name of the buffer object.</param>
/// <param name="TopLeft">Corner in clip space, as Vulkan has it: y down, depth 0 to 1, divided by w.</param>
/// <param name="TopRight">Likewise.</param>
/// <param name="BottomLeft">Likewise.</param>
/// <param name="BottomRight">Likewise.</param>
/// <param name="Tint">0xRRGGBB; the texture's words give the grain.</param>
/// <param name="Fog">0 near to 255 far.</param>
public sealed record MirrorQuad(string Texture, Vector4 TopLeft, Vector4 TopRight, Vector4 BottomLeft, Vector4 BottomRight, uint Tint, byte Fog);
