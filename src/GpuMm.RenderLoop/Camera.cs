namespace GpuMm.RenderLoop;

/// <summary>Where one looks from, and to.</summary>
/// <param name="X">Metres along the scene.</param>
/// <param name="Z">Metres across it.</param>
/// <param name="DirectionX">Unit vector of the view.</param>
/// <param name="DirectionZ">Unit vector of the view.</param>
public readonly record struct Camera(double X, double Z, double DirectionX, double DirectionZ);
