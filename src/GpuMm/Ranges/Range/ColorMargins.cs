namespace GpuMm.Ranges;

/// <summary>What stays free at the ends of a hole.</summary>
/// <param name="BeforeBytes">Bytes at its low end.</param>
/// <param name="AfterBytes">Bytes at its high end.</param>
public readonly record struct ColorMargins(ulong BeforeBytes, ulong AfterBytes);
