namespace GpuMm.Objects;

/// <summary>One wish: a domain, a range of it, and how the wish is meant.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="FirstPage">First page allowed.</param>
/// <param name="EndPage">First page no longer allowed; 0 means no limit.</param>
/// <param name="Flags">How it is meant.</param>
public readonly record struct Place(
    MemoryDomain Domain, PlaceFlags Flags = PlaceFlags.None, ulong FirstPage = 0, ulong EndPage = 0);
