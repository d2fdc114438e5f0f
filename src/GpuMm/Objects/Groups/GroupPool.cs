using System;

namespace GpuMm.Objects;

/// <summary>One group's account in one domain. Lock: the tree's.</summary>
internal struct GroupPool
{
    public MemoryLimits Limits;
    public ulong UsedBytes;
    public ulong PeakBytes;
    public ulong ChildrenMinBytes; // What of the children's use their minima protect, added up
    public ulong ChildrenLowBytes;
    public bool HasLimits; // False: Limits is default, and means no limit

    public readonly ulong MinBytes => HasLimits ? Limits.MinBytes : 0;

    public readonly ulong LowBytes => HasLimits ? Limits.LowBytes : 0;

    public readonly ulong MaxBytes => HasLimits ? Limits.MaxBytes : ulong.MaxValue;

    public readonly ulong ProtectedMinBytes => Math.Min(UsedBytes, MinBytes);

    public readonly ulong ProtectedLowBytes => Math.Min(UsedBytes, LowBytes);
}
