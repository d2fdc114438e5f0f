using System.Collections.Generic;

namespace GpuMm.Hosting.Views;

/// <summary>A domain by address, in cells of equal size.</summary>
/// <param name="Domain">Its name.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="CellBytes">Bytes of each cell; the last one may be smaller.</param>
/// <param name="SweptAtNs">When the walk over the objects that this shows ended, on the driver's clock, ns.</param>
/// <param name="IsPartial">True until the first walk is at its end.</param>
/// <param name="SweptObjects">Objects that the walk met.</param>
/// <param name="Cells">The cells, from address 0.</param>
public sealed record HeapMapView(
    string Domain, ulong SizeBytes, ulong CellBytes, long SweptAtNs, bool IsPartial, int SweptObjects, IReadOnlyList<HeapCell> Cells);
