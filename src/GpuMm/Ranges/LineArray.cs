using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>
/// A growing array whose elements of 16 or 32 bytes never straddle two cache lines. The runtime aligns arrays to 8 bytes
/// only, and with random access to millions of elements every straddle is a second miss.
/// </summary>
/// <typeparam name="T">A struct of 16 or 32 bytes without references.</typeparam>
internal struct LineArray<T>
    where T : unmanaged
{
    private const int LineBytes = 64;

    private ulong[] _words;
    private int _first; // word at which the first line begins

    internal LineArray(int length)
    {
        Debug.Assert(LineBytes % Unsafe.SizeOf<T>() == 0, "Whole elements fill a line.");
        Length = length;
        _words = Make(length, out _first);
    }

    internal int Length { readonly get; private set; }

    internal readonly long MetadataBytes => 8L * _words.Length;

    private static int WordsPerElement => Unsafe.SizeOf<T>() / sizeof(ulong);

    internal readonly ref T this[uint index]
    {
        get
        {
            Debug.Assert(index < (uint)Length, "The index lies inside the array.");

            // Invariant: the array holds Length whole elements behind _first, and the first word of this one is checked.
            return ref Unsafe.As<ulong, T>(ref _words[_first + ((int)index * WordsPerElement)]);
        }
    }

    internal readonly ref T this[int index] => ref this[(uint)index];

    /// <summary>The first element, for code that reaches others by <see cref="Unsafe"/>; stale after <see cref="Grow"/>.</summary>
    internal readonly ref T First =>
        ref Unsafe.As<ulong, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_words), _first));

    /// <summary>All elements, for code that touches several of them; stale after <see cref="Grow"/>.</summary>
    internal readonly Span<T> Elements =>
        MemoryMarshal.Cast<ulong, T>(_words.AsSpan(_first, Length * WordsPerElement));

    /// <summary>Makes room for more elements; references taken before point to the old ones.</summary>
    internal void Grow(int length)
    {
        ulong[] words = Make(length, out int first);
        _words.AsSpan(_first, Length * WordsPerElement).CopyTo(words.AsSpan(first));
        _words = words;
        _first = first;
        Length = length;
    }

    private static ulong[] Make(int length, out int first)
    {
        int slack = (LineBytes / sizeof(ulong)) - 1;
        ulong[] words = GC.AllocateArray<ulong>((length * WordsPerElement) + slack, pinned: true);
        HugePages.Advise(words);
        long misalignment = (long)Marshal.UnsafeAddrOfPinnedArrayElement(words, 0) & (LineBytes - 1);
        first = (int)((LineBytes - misalignment) & (LineBytes - 1)) / sizeof(ulong);
        return words;
    }
}
