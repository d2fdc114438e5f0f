namespace GpuMm.Ranges;

/// <summary>A candidate hole as <see cref="ColorAdjust"/> sees it.</summary>
/// <param name="Range">The free bytes.</param>
/// <param name="Before">The node that ends where the hole starts; none at the start of the whole range.</param>
/// <param name="BeforeColor">Colour of <paramref name="Before"/>; 0 when there is none.</param>
/// <param name="After">The node that starts where the hole ends; none at the end of the whole range.</param>
/// <param name="AfterColor">Colour of <paramref name="After"/>; 0 when there is none.</param>
public readonly record struct ColorHole(
    ByteRange Range,
    RangeHandle Before,
    ulong BeforeColor,
    RangeHandle After,
    ulong AfterColor);
