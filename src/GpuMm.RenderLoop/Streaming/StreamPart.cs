namespace GpuMm.RenderLoop.Streaming;

/// <summary>The part of a texture that is loaded and given up as one: a mip level of its own, or all the small ones.</summary>
/// <param name="Texture">The texture.</param>
/// <param name="FirstLevel">Its first mip level; 0 is the largest.</param>
/// <param name="IsTail">True for the small levels, which stay loaded once they are.</param>
/// <param name="SizeBytes">Bytes, whole pages.</param>
internal readonly record struct StreamPart(int Texture, int FirstLevel, bool IsTail, ulong SizeBytes);
