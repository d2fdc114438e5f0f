using System.Collections.Generic;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// An allocator as a workload drives it. Implement it as a struct over the real one: the pair loop is compiled for each
/// struct apart and has no virtual call.
/// </summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
/// <typeparam name="TTicket">What the allocator names a live allocation by; <c>default</c> is "none".</typeparam>
internal interface IWorkloadAllocator<TSelf, TTicket>
    where TSelf : struct, IWorkloadAllocator<TSelf, TTicket>
    where TTicket : struct
{
    /// <summary>Bytes of arrays and objects that the allocator holds now, free slots included.</summary>
    long MetadataBytes { get; }

    ulong FreeUnits { get; }

    ulong LargestFreeUnits { get; }

    /// <summary>A fresh allocator.</summary>
    /// <param name="rangeUnits">Size of the range, units of 4 KiB.</param>
    /// <param name="liveCount">Most allocations that will be live at once.</param>
    static abstract TSelf Create(ulong rangeUnits, int liveCount);

    static abstract bool IsLive(in TTicket ticket);

    /// <summary>Allocates; <paramref name="ticket"/> is <c>default</c> before the call and after a failure.</summary>
    bool TryAllocate(uint sizeUnits, ref TTicket ticket, out ulong offsetUnits);

    /// <summary>Frees and sets <paramref name="ticket"/> to <c>default</c>.</summary>
    void Free(ref TTicket ticket);

    /// <summary>Appends every extent of a live allocation, in units.</summary>
    void Extents(in TTicket ticket, List<(ulong Start, ulong Size)> extents);

    /// <summary>Null, or what is wrong with the allocator's own state.</summary>
    string? Validate();
}
