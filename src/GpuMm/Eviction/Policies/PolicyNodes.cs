using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuMm.Backing;
using GpuMm.Ranges;

namespace GpuMm.Eviction;

/// <summary>The nodes of a policy by slot, in large pages and aligned to cache lines.</summary>
/// <typeparam name="TNode">A struct without references whose size divides 64.</typeparam>
internal struct PolicyNodes<TNode>
    where TNode : unmanaged
{
    private const int LineBytes = 64;

    private ulong[] _words;
    private nint _firstBytes; // offset of slot 0 in the array
    private int _count;

    /// <summary>Number of slots.</summary>
    public readonly int Count => _count;

    /// <summary>The node of a slot; stale after <see cref="Reserve"/>.</summary>
    public readonly ref TNode this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)slot < (uint)_count, "A slot lies inside what was reserved.");

            // Invariant: slots come from the owner of this table, which reserved them; the array holds _count whole nodes
            // behind _firstBytes.
            return ref Unsafe.Add(
                ref Unsafe.As<byte, TNode>(ref Unsafe.AddByteOffset(
                    ref Unsafe.As<ulong, byte>(ref MemoryMarshal.GetArrayDataReference(_words)), _firstBytes)),
                slot);
        }
    }

    /// <summary>Asks for the cache line of a node.</summary>
    public readonly void Prefetch(int slot) => MemoryHint.Prefetch(ref this[slot]);

    /// <summary>Makes room for more slots. Doubles, so that growing one by one costs O(1) each.</summary>
    public void Reserve(int slotCount)
    {
        if (slotCount > _count)
        {
            Grow(slotCount);
        }
    }

    /// <summary>Forgets all, and keeps the memory.</summary>
    public readonly void Clear() => Array.Clear(_words ?? []);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int slotCount)
    {
        // Fewer words than an array may have; a table that large fails for want of memory, not by a wrap.
        long limit = (Array.MaxLength - (LineBytes / sizeof(ulong))) * (long)sizeof(ulong) / Unsafe.SizeOf<TNode>();
        int grown = Math.Max(slotCount, (int)Math.Min(2L * _count, Math.Min(limit, int.MaxValue)));
        ulong[] words = GC.AllocateArray<ulong>(
            checked((int)((((long)grown * Unsafe.SizeOf<TNode>()) + LineBytes) / sizeof(ulong))), pinned: true);
        HugePages.Advise(words);
        long misalignment = (long)Marshal.UnsafeAddrOfPinnedArrayElement(words, 0) & (LineBytes - 1);
        nint firstBytes = (nint)((LineBytes - misalignment) & (LineBytes - 1));
        if (_count > 0)
        {
            int wordCount = (int)((((long)_count * Unsafe.SizeOf<TNode>()) + sizeof(ulong) - 1) / sizeof(ulong));
            _words.AsSpan((int)_firstBytes / sizeof(ulong), wordCount).CopyTo(words.AsSpan((int)firstBytes / sizeof(ulong)));
        }

        _words = words;
        _firstBytes = firstBytes;
        _count = grown;
    }
}
