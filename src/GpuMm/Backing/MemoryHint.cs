using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GpuMm.Backing;

/// <summary>Tells the processor what will be read soon, so that the wait for memory overlaps with other work.</summary>
internal static class MemoryHint
{
    /// <summary>Asks for the cache line of a place. Changes nothing that can be seen; does nothing where there is no such hint.</summary>
    /// <typeparam name="T">What is there.</typeparam>
    /// <param name="place">The place.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T place)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            // Invariant: a prefetch never faults, and the address is not used after it, so a move by the collector is harmless.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
