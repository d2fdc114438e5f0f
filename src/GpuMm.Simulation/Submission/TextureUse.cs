using GpuMm.Objects;

namespace GpuMm.Simulation;

/// <summary>One object that a job reads.</summary>
/// <param name="Target">The object.</param>
/// <param name="ReadBytes">How much of it the job reads.</param>
public readonly record struct TextureUse(BufferObject Target, ulong ReadBytes);
