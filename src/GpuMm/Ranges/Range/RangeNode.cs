namespace GpuMm.Ranges;

/// <summary>A live node as it is at the moment of asking.</summary>
/// <param name="Handle">Its name.</param>
/// <param name="Range">Its bytes.</param>
/// <param name="Color">Its colour.</param>
public readonly record struct RangeNode(RangeHandle Handle, ByteRange Range, ulong Color);
