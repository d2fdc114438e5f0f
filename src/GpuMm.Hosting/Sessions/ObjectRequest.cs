using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <summary>What a client asks to be made.</summary>
/// <param name="SizeBytes">At least 1; rounded up to whole pages.</param>
/// <param name="Name">Shown in dumps; at most 128 characters; null for none.</param>
/// <param name="PlacementName">One of <see cref="PlacementNames"/>; null for the usual one.</param>
/// <param name="Caching">How the CPU maps its system pages.</param>
/// <param name="Priority">0 to 3; 0 is evicted first.</param>
/// <param name="AlignmentBytes">Of its place in a domain; a power of two; 0 means a page.</param>
/// <param name="Kind">What it is for.</param>
public readonly record struct ObjectRequest(
    ulong SizeBytes,
    string? Name = null,
    string? PlacementName = null,
    Caching Caching = Caching.WriteCombined,
    int Priority = 0,
    ulong AlignmentBytes = 0,
    BufferObjectKind Kind = BufferObjectKind.Device);
