namespace GpuMm.Simulation;

/// <summary>Where a figure of a profile comes from.</summary>
/// <param name="Figure">Its path in the file, such as <c>vram.bytesPerSecond</c>; a group such as <c>cpu</c> covers its members.</param>
/// <param name="Source">The document or the arithmetic.</param>
/// <param name="Basis">How far it can be trusted.</param>
public readonly record struct FigureSource(string Figure, string Source, FigureBasis Basis);
