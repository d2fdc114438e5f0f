namespace GpuMm.RenderLoop;

/// <summary>One texture of a scene.</summary>
/// <param name="Name">Path in the scene's texture list.</param>
/// <param name="SizeBytes">Bytes on the GPU, rounded up to whole pages.</param>
/// <param name="MaterialIndex">The material that it is part of.</param>
public sealed record SceneTexture(string Name, ulong SizeBytes, int MaterialIndex);
