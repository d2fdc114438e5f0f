namespace GpuMm.RenderLoop.Pictures;

/// <summary>Where one texture, or one mip level of it, lives.</summary>
/// <param name="MaterialIndex">The material that it is part of.</param>
/// <param name="SizeBytes">Bytes, whole pages.</param>
/// <param name="Domain">Where; null while it is not loaded, or its contents were dropped.</param>
public readonly record struct TexturePlace(int MaterialIndex, ulong SizeBytes, MemoryDomain? Domain);
