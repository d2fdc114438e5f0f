namespace GpuMm.Ranges;

/// <summary>What is asked of a <see cref="RangeAllocator"/>.</summary>
/// <param name="SizeBytes">Bytes wanted; at least 1.</param>
/// <param name="AlignmentBytes">
/// The address is a multiple of it; any number, not only powers of two; 0 and 1 mean any address.
/// </param>
/// <param name="Color">Stored with the node and shown to <see cref="RangeAllocator.ColorAdjust"/>.</param>
/// <param name="StartBytes">Lowest address allowed.</param>
/// <param name="EndBytes">First address that is no longer allowed; 0 stands for 2^64, that is, no limit.</param>
/// <param name="Mode">Which hole to take.</param>
public readonly record struct RangeRequest(
    ulong SizeBytes,
    ulong AlignmentBytes = 0,
    ulong Color = 0,
    ulong StartBytes = 0,
    ulong EndBytes = 0,
    RangeMode Mode = RangeMode.Best);
