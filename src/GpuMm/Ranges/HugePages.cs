using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>
/// Asks the host for large pages under large tables: with random access to tens of megabytes, half of each miss is the
/// walk for the address.
/// </summary>
internal static partial class HugePages
{
    private const int LinuxHugePageAdvice = 14; // MADV_HUGEPAGE
    private const long HugePageBytes = 2L << 20;

    /// <summary>Advises the host about a pinned array that nobody has touched yet. Never fails: advice may be ignored.</summary>
    /// <param name="table">A pinned array.</param>
    internal static void Advise<T>(T[] table)
        where T : unmanaged
    {
        long bytes = table.LongLength * Unsafe.SizeOf<T>();
        if (!OperatingSystem.IsLinux() || bytes < 2 * HugePageBytes)
        {
            return;
        }

        // Invariant: the array is pinned, so its address stays; only whole huge pages inside it are named.
        long start = Marshal.UnsafeAddrOfPinnedArrayElement(table, 0);
        long end = start + bytes;
        long first = (start + HugePageBytes - 1) & -HugePageBytes;
        long last = end & -HugePageBytes;
        if (first < last)
        {
            _ = Advise((nint)first, (nuint)(last - first), LinuxHugePageAdvice);
        }
    }

    /// <summary>Makes a table, which lies in large pages where that is worth while and the host grants it.</summary>
    /// <param name="length">Elements.</param>
    internal static T[] Make<T>(int length)
        where T : unmanaged
    {
        if (length * (long)Unsafe.SizeOf<T>() < 2 * HugePageBytes)
        {
            return new T[length];
        }

        T[] table = GC.AllocateArray<T>(length, pinned: true);
        Advise(table);
        return table;
    }

    /// <summary>Moves a table into one of another length, made by <see cref="Make"/>.</summary>
    /// <param name="table">Replaced by the new table; what is behind the shorter of the two lengths is lost or 0.</param>
    /// <param name="length">Elements.</param>
    internal static void Resize<T>(ref T[] table, int length)
        where T : unmanaged
    {
        T[] resized = Make<T>(length);
        Array.Copy(table, resized, Math.Min(table.Length, length));
        table = resized;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
