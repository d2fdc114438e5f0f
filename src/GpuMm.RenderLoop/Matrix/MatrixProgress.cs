namespace GpuMm.RenderLoop.Matrix;

/// <summary>How far a what-if is.</summary>
/// <param name="Done">Runs that are done.</param>
/// <param name="Planned">Runs that are planned so far; refining a knee adds some.</param>
/// <param name="Series">The line of the run that ended.</param>
/// <param name="VramBytes">Its video memory, bytes.</param>
public readonly record struct MatrixProgress(int Done, int Planned, string Series, ulong VramBytes);
