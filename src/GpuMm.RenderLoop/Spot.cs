namespace GpuMm.RenderLoop;

/// <summary>A place in the scene where a material is seen.</summary>
/// <param name="X">Metres along the scene.</param>
/// <param name="Z">Metres across it.</param>
/// <param name="MaterialIndex">The material.</param>
public readonly record struct Spot(double X, double Z, int MaterialIndex);
