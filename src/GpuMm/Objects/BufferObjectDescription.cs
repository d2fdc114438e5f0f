using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.Objects;

/// <summary>What to create.</summary>
/// <param name="SizeBytes">At least 1; rounded up to whole pages.</param>
/// <param name="Name">Shown in dumps; may be null.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Caching">How the CPU maps its system pages.</param>
/// <param name="Priority">0 to 3; 0 is evicted first.</param>
/// <param name="AlignmentBytes">Of its place in a domain; 0 means a page.</param>
/// <param name="SharedReservation">A reservation shared with other objects; null for one of its own.</param>
/// <param name="ClientId">The client that it is made for; 0 for none. Told in events.</param>
/// <param name="Group">Whose limits it counts for; null for none.</param>
/// <param name="NeedsCpuAccess">The CPU will touch it often: it stays in the part of video memory that the CPU sees.</param>
public readonly record struct BufferObjectDescription(
    ulong SizeBytes,
    string? Name = null,
    BufferObjectKind Kind = BufferObjectKind.Device,
    Caching Caching = Caching.WriteCombined,
    int Priority = 0,
    ulong AlignmentBytes = 0,
    Reservation? SharedReservation = null,
    int ClientId = 0,
    MemoryGroup? Group = null,
    bool NeedsCpuAccess = false);
