using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuMm.Vulkan.Passes;

/// <summary>What one quad is to its shaders: <c>shaders/scene/quad.glsl</c> reads the same 80 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct QuadConstants
{
    public Vector4 TopLeft;
    public Vector4 TopRight;
    public Vector4 BottomLeft;
    public Vector4 BottomRight;
    public uint PageCount;
    public uint Columns;
    public uint Tint;
    public uint Fog;
}
