namespace GpuMm.Ranges;

/// <summary>Which allocator gives out a space.</summary>
public enum SpaceAllocatorKind : byte
{
    /// <summary>Best fit over any range and alignment: one range per request (<see cref="RangeSpace"/>).</summary>
    Range = 0,

    /// <summary>Power-of-two blocks: a request may come in several ranges (<see cref="BuddySpace"/>).</summary>
    Buddy = 1,

    /// <summary>Constant time: one range per request, no windows (<see cref="BinSpace"/>).</summary>
    Bins = 2,

    /// <summary>First fit over any range and alignment: the lowest hole (<see cref="RangeSpace"/>).</summary>
    Low = 3,
}
