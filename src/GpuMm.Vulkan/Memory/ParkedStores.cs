using System;
using System.Diagnostics;

namespace GpuMm.Vulkan.Memory;

/// <summary>
/// Small stores of one domain that nobody holds, kept whole for whoever wants the same size next: making a buffer or an
/// image and binding it costs more than copying a few pages into it.
/// </summary>
/// <remarks>At most 64 stores of up to 1 MiB, 8 MiB in all. One thread. Cost: one pass over 64 keys. No managed allocation.</remarks>
internal sealed class ParkedStores
{
    private const int MaxCount = 64;
    private const uint MaxPages = 256;
    private const ulong MaxBytes = 8ul << 20;

    private readonly Store[] _stores = new Store[MaxCount];
    private readonly ulong[] _values = new ulong[MaxCount];
    private readonly uint[] _keys = new uint[MaxCount]; // What is wanted of a store: its size and kind.

    /// <summary>How many are parked.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the domain's pool that they hold.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>True when a store is worth parking.</summary>
    public static bool Fits(in Store store) => store.PageCount <= MaxPages;

    /// <summary>True when another may be parked now; else take one out first.</summary>
    public bool HasRoom(in Store store) => Count < MaxCount && Bytes + store.Piece.Range.SizeBytes <= MaxBytes;

    /// <summary>Parks a store. There must be room.</summary>
    /// <param name="store">The store.</param>
    /// <param name="value">The point of the copy timeline until which copies use it.</param>
    public void Add(in Store store, ulong value)
    {
        Debug.Assert(Fits(store), "Only small stores are parked.");
        Debug.Assert(HasRoom(store), "There is room.");
        _stores[Count] = store;
        _values[Count] = value;
        _keys[Count++] = Key(store.PageCount, store.IsImage);
        Bytes += store.Piece.Range.SizeBytes;
    }

    /// <summary>Takes the youngest store of a size and kind: its memory is the warmest.</summary>
    /// <returns>False when none is parked.</returns>
    public bool TryTake(uint pageCount, bool isImage, out Store store)
    {
        int at = _keys.AsSpan(0, Count).LastIndexOf(Key(pageCount, isImage));
        store = at < 0 ? default : _stores[at];
        if (at >= 0)
        {
            RemoveAt(at);
        }

        return at >= 0;
    }

    /// <summary>Takes the one that was parked longest ago. There must be one.</summary>
    public Store TakeOldest(out ulong value)
    {
        Store oldest = _stores[0];
        value = _values[0];
        RemoveAt(0);
        return oldest;
    }

    private static uint Key(uint pageCount, bool isImage) => (pageCount << 1) | (isImage ? 1u : 0u);

    private void RemoveAt(int at)
    {
        Bytes -= _stores[at].Piece.Range.SizeBytes;
        int behind = --Count - at;
        Array.Copy(_stores, at + 1, _stores, at, behind);
        Array.Copy(_values, at + 1, _values, at, behind);
        Array.Copy(_keys, at + 1, _keys, at, behind);
        _stores[Count] = default;
    }
}
