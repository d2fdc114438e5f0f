using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>Which blocks of one state of a buddy space are free, with the highest of each order at hand.</summary>
/// <remarks>
/// <para>
/// Blocks are taken from the highest address downward, so that almost every freed block lies above most free ones of its
/// order. The highest of each order, its <i>top</i>, are therefore a short sorted array: taking is a pop, and freeing
/// looks for its place from the end, passing the buddy on its way if that is free. What is below lies in
/// <see cref="FreeBlockBitmap"/> and is seldom touched. While an order has free blocks, its top has at least one.
/// </para>
/// <para>
/// A top is <see cref="TopStride"/> words: the number of keys, the floor, a 0, then the keys (index + 1), ascending. The 0
/// ends a search from the end. The floor parts the top from the bitmap, between pairs of buddies: keys below it are in the
/// bitmap, others in the top; it is 0 while the bitmap has none.
/// </para>
/// Lock: none, the caller serialises. Cost: a few words per call, and every <see cref="MovedAtOnce"/> calls at most so
/// many calls of the bitmap; no managed allocation but that of the tops, with the first block, and of the bitmap.
/// </remarks>
internal sealed partial class FreeBlockIndex
{
    /// <summary>Most blocks of an order that lie in its top.</summary>
    internal const int TopCapacity = TopStride - FirstKey;

    private const int TopStride = 64;
    private const int FloorAt = 1;
    private const int FirstKey = 3;
    private const int MovedAtOnce = 30;

    private readonly FreeBlockBitmap _rest;
    private ulong[] _tops = []; // made for the first block: a space whose blocks are never cleared needs one index only
    private bool _isPlain; // the tops are made, and alignments need not be noted

    internal FreeBlockIndex(ulong chunkCount, int maxOrder) => _rest = new FreeBlockBitmap(chunkCount, maxOrder);

    internal int MaxOrder => _rest.MaxOrder;

    /// <summary>Bit k is set when a block of order k is free.</summary>
    internal ulong NonEmptyOrders { get; private set; }

    internal long MetadataBytes =>
        (sizeof(ulong) * (_tops.LongLength + _alignmentBounds.LongLength)) + _rest.MetadataBytes;

    /// <summary>Takes out the free block of an order with the highest address.</summary>
    /// <param name="order">An order that <see cref="NonEmptyOrders"/> names.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // measured by the row "buddy" of the allocator bench
    internal ulong TakeHighest(int order)
    {
        Debug.Assert((NonEmptyOrders & (1ul << order)) != 0, "The order has a free block.");
        ref ulong top = ref Top(order);
        ulong count = top - 1;
        top = count;
        ulong key = Unsafe.Add(ref top, (nuint)count + FirstKey);
        if (count == 0)
        {
            Refill(order);
        }

        return key - 1;
    }

    /// <summary>Adds a block; what is next to it is not free, or is not to be joined with it.</summary>
    internal void Add(int order, ulong index)
    {
        if (!_isPlain || !TryInsert(order, index + 1, 0, out _))
        {
            AddFar(order, index);
        }
    }

    /// <summary>Adds a block unless its buddy is free; then takes the buddy out instead.</summary>
    /// <returns>True when the buddy was taken out: the two are one block of the next order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // measured by the row "buddy" of the allocator bench
    internal bool AddOrTakeBuddy(int order, ulong index) =>
        _isPlain && TryInsert(order, index + 1, (index ^ 1) + 1, out bool tookBuddy)
            ? tookBuddy
            : AddOrTakeBuddyFar(order, index);

    /// <summary>Adds a free block, joined upward. A root has no buddy: a block that would be it is never free.</summary>
    internal void Join(int order, ulong index)
    {
        while (AddOrTakeBuddy(order, index))
        {
            index >>= 1;
            order++;
        }
    }

    internal bool Contains(int order, ulong index) =>
        (NonEmptyOrders & (1ul << order)) != 0 &&
        (IsBelowTop(order, index) ? _rest.Contains(order, index) : Keys(order).Contains(index + 1));

    /// <summary>Takes a block out if it is free.</summary>
    /// <returns>False when it was not there.</returns>
    internal bool TryRemove(int order, ulong index)
    {
        if ((NonEmptyOrders & (1ul << order)) == 0)
        {
            return false;
        }

        if (IsBelowTop(order, index))
        {
            return _rest.TryRemove(order, index);
        }

        Span<ulong> keys = Keys(order);
        int at = keys.LastIndexOf(index + 1);
        if (at < 0)
        {
            return false;
        }

        keys[(at + 1)..].CopyTo(keys[at..]);
        Shorten(order);
        return true;
    }

    internal void Remove(int order, ulong index)
    {
        bool removed = TryRemove(order, index);
        Debug.Assert(removed, "The block that is taken was free.");
    }

    /// <summary>The free block of an order with the highest address.</summary>
    /// <param name="order">An order that <see cref="NonEmptyOrders"/> names.</param>
    internal ulong Highest(int order)
    {
        Debug.Assert((NonEmptyOrders & (1ul << order)) != 0, "The order has a free block.");
        return Keys(order)[^1] - 1;
    }

    private ref ulong Top(int order)
    {
        Debug.Assert((uint)order <= (uint)MaxOrder, "An order of this space.");
        Debug.Assert(_tops.Length != 0, "The tops are made.");

        // Invariant: the array has TopStride words for each order.
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_tops), order * TopStride);
    }

    private Span<ulong> Keys(int order) => _tops.AsSpan((order * TopStride) + FirstKey, (int)Top(order));

    /// <summary>True when a block, if it is free, lies in the bitmap. The tops are made.</summary>
    private bool IsBelowTop(int order, ulong index) => index + 1 < Unsafe.Add(ref Top(order), FloorAt);

    /// <summary>Adds a key to a top, or takes its buddy's out. The tops are made.</summary>
    /// <param name="order">Which top.</param>
    /// <param name="key">The key.</param>
    /// <param name="buddyKey">The key of its buddy, or 0 to add the key in any case.</param>
    /// <param name="tookBuddy">True when the buddy's key is out and this one not in.</param>
    /// <returns>False when the key belongs into the bitmap or the top is full; nothing is done then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // measured by the row "buddy" of the allocator bench
    private bool TryInsert(int order, ulong key, ulong buddyKey, out bool tookBuddy)
    {
        ref ulong top = ref Top(order);
        ulong count = top;
        tookBuddy = false;
        if (count == TopCapacity || key < Unsafe.Add(ref top, FloorAt))
        {
            return false;
        }

        // Invariant: the top has room for one key more, and the 0 below its keys ends the search.
        ref ulong place = ref Unsafe.Add(ref top, (nuint)count + (FirstKey - 1));
        ulong above = 0;
        while (place > key)
        {
            above = place;
            Unsafe.Add(ref place, 1) = above;
            place = ref Unsafe.Subtract(ref place, 1);
        }

        Debug.Assert(place != key, "A block is freed once.");
        if (buddyKey != 0 && (place == buddyKey || above == buddyKey))
        {
            place = ref place == buddyKey ? ref place : ref Unsafe.Add(ref place, 1);
            CloseGap(order, ref place);
            tookBuddy = true;
            return true;
        }

        Unsafe.Add(ref place, 1) = key;
        top = count + 1;
        NonEmptyOrders |= 1ul << order;
        return true;
    }

    /// <summary>Keys from a place on lie one higher than they were; moves them down by two, over the one that goes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseGap(int order, ref ulong place)
    {
        ref ulong end = ref Unsafe.Add(ref Top(order), (nuint)Top(order) + (FirstKey - 1));
        for (; Unsafe.IsAddressLessThan(ref place, ref end); place = ref Unsafe.Add(ref place, 1))
        {
            place = Unsafe.Add(ref place, 2);
        }

        Shorten(order);
    }

    private void Shorten(int order)
    {
        Top(order)--;
        if (Top(order) == 0)
        {
            Refill(order);
        }
    }

    /// <summary>Moves the highest blocks of the bitmap into an empty top.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refill(int order)
    {
        int count = 0;
        Span<ulong> keys = stackalloc ulong[MovedAtOnce];
        while (count < MovedAtOnce && RestHas(order))
        {
            ulong index = _rest.Highest(order);
            _rest.Remove(order, index);
            keys[^++count] = index + 1;
        }

        Top(order) = (uint)count;
        keys[^count..].CopyTo(Keys(order));
        SetFloor(order);
        if (count == 0)
        {
            NonEmptyOrders &= ~(1ul << order);
        }
    }

    private bool RestHas(int order) => ((_rest.NonEmptyOrders >> order) & 1) != 0;

    /// <summary>The floor is the key of the lowest block of the top, or of its buddy if that is lower.</summary>
    private void SetFloor(int order) =>
        Unsafe.Add(ref Top(order), FloorAt) = RestHas(order) ? ((Keys(order)[0] - 1) & ~1ul) + 1 : 0;

    /// <summary>Adds a block in any case: below the top, to a full top, with its alignment noted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddFar(int order, ulong index)
    {
        if (_tops.Length == 0)
        {
            _tops = new ulong[(MaxOrder + 1) * TopStride];
            _isPlain = _alignmentBounds.Length == 0;
        }

        NoteAlignment(order, index);
        Span<ulong> keys = Keys(order);
        if (keys.Length == TopCapacity)
        {
            foreach (ulong key in keys[..MovedAtOnce])
            {
                _rest.Add(order, key - 1);
            }

            keys[MovedAtOnce..].CopyTo(keys);
            Top(order) = TopCapacity - MovedAtOnce;
            SetFloor(order);
        }

        if (!TryInsert(order, index + 1, 0, out _))
        {
            _rest.Add(order, index);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AddOrTakeBuddyFar(int order, ulong index)
    {
        if (TryRemove(order, index ^ 1))
        {
            return true;
        }

        AddFar(order, index);
        return false;
    }
}
