using GpuMm.Vulkan.Memory;

namespace GpuMm.Vulkan.Passes;

/// <summary>One quad of a picture.</summary>
/// <param name="Constants">What its shaders need.</param>
/// <param name="Texture">What it shows; a store that does not exist shows as missing.</param>
internal readonly record struct SceneQuad(QuadConstants Constants, Store Texture);
