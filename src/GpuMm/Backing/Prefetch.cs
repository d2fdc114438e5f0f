using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GpuMm.Backing;

/// <summary>Asks the processor to fetch what will be needed soon; changes nothing else. Lock: none.</summary>
internal static class Prefetch
{
    /// <summary>Fetches the first lines of an object. Cost: an instruction each; nothing for null, or where there is none.</summary>
    /// <param name="target">The object, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Object(object? target)
    {
        if (Sse.IsSupported)
        {
            // The collector may move the object meanwhile: a fetch of any address is harmless.
            byte* start = (byte*)Unsafe.As<object?, nint>(ref target);
            Sse.Prefetch0(start);
            Sse.Prefetch0(start + 64);
        }
    }

    /// <summary>Fetches the line of a place in an array or an object. Cost: an instruction; nothing where there is none.</summary>
    /// <typeparam name="T">What is there; it may hold references.</typeparam>
    /// <param name="place">The place.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Place<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            // As above: the address is not used after the fetch.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
