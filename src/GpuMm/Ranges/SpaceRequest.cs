namespace GpuMm.Ranges;

/// <summary>What is asked of an <see cref="ISpaceAllocator"/>.</summary>
/// <param name="SizeBytes">Bytes wanted; at least 1.</param>
/// <param name="AlignmentBytes">Every range starts at a multiple of it; 0 and 1 mean any address.</param>
/// <param name="StartBytes">Lowest address allowed.</param>
/// <param name="EndBytes">First address that is no longer allowed; 0 means the end of the space.</param>
/// <param name="Flags">How to choose.</param>
/// <param name="Color">A number that neighbours may be kept apart by; 0 where nobody asks.</param>
public readonly record struct SpaceRequest(
    ulong SizeBytes,
    ulong AlignmentBytes = 1,
    ulong StartBytes = 0,
    ulong EndBytes = 0,
    SpaceFlags Flags = SpaceFlags.None,
    ulong Color = 0);
