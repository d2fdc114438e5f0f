using System;

namespace GpuMm.TestKit;

/// <summary>
/// Counts the managed bytes that the calling thread allocates. The runtime hands a thread 8 KiB at a time, and when another
/// thread's garbage is collected it counts what was left of them as allocated. Counting therefore begins with a collection,
/// after which the thread holds none: code that allocates nothing counts exactly 0, whatever runs beside it. Code that does
/// allocate may count up to 8 KiB too much for each collection, never too little.
/// </summary>
public readonly struct ManagedBytes
{
    private readonly long _before;

    private ManagedBytes(long before) => _before = before;

    /// <summary>What the thread allocated since <see cref="Count"/>, bytes.</summary>
    public long Allocated => GC.GetAllocatedBytesForCurrentThread() - _before;

    /// <summary>Begins to count. Nothing may be allocated on this thread between it and the code in question.</summary>
    /// <returns>The count.</returns>
    public static ManagedBytes Count()
    {
        GC.Collect(0);
        return new ManagedBytes(GC.GetAllocatedBytesForCurrentThread());
    }
}
