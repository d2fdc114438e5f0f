using System.Collections.Generic;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>One line of a what-if.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Point">What it varies.</param>
/// <param name="Cells">Its runs by size, ascending.</param>
/// <param name="Knee">From where on more memory does not help.</param>
public sealed record MatrixSeries(string Name, MatrixPoint Point, IReadOnlyList<MatrixCell> Cells, Knee Knee);
