using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>The live blocks of a <see cref="BuddyAllocator"/>: slot to place, order, state and the next block of its list.</summary>
/// <remarks>
/// Free blocks need no entry: they are bits in <see cref="FreeBlockIndex"/>. The free slots form a stack, so the slot of
/// the block freed last, still in the cache, is the next one given out.
/// </remarks>
internal sealed class BuddyBlockTable
{
    internal const uint None = uint.MaxValue;

    private const int InitialCapacity = 64;

    private readonly int _maxCount;
    private readonly uint _salt;
    private readonly bool _isWide; // places need more than 32 bits
    private Entry[] _entries;
    private uint[] _placesHigh; // upper halves of the places, where they need more than 32 bits
    private uint _freeHead = None;
    private int _made; // slots that were ever used; those above have never been

    internal BuddyBlockTable(ulong chunkCount, int maxCount)
    {
        _maxCount = maxCount;
        _isWide = BuddyPlace.BitsFor(chunkCount) > 32;
        _entries = new Entry[Math.Min(InitialCapacity, maxCount)];
        _placesHigh = new uint[_isWide ? _entries.Length : 0];
        _salt = AllocatorIdentity.NextGenerationSalt();
    }

    internal int LiveCount { get; private set; }

    internal int MadeCount => _made;

    internal int SpareCount => _maxCount - LiveCount;

    internal long MetadataBytes => (Unsafe.SizeOf<Entry>() * _entries.LongLength) + (sizeof(uint) * _placesHigh.LongLength);

    internal ref Entry this[uint slot]
    {
        get
        {
            Debug.Assert(slot < (uint)_made, "The slot was given out.");

            // Invariant: links name slots that were given out, and names from outside are compared with _made first.
            return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), slot);
        }
    }

    internal bool IsLive(BuddyBlock block) =>
        block.Slot < (uint)_made && (block.Generation & 1) != 0 && this[block.Slot].Generation == block.Generation;

    internal bool IsLiveSlot(uint slot) => slot < (uint)_made && (this[slot].Generation & 1) != 0;

    internal BuddyBlock NameOf(uint slot) => new(slot, this[slot].Generation);

    /// <summary>Takes a slot for a block. The caller has seen <see cref="SpareCount"/> above 0.</summary>
    internal uint Add(BuddyPlace place)
    {
        ref Entry entry = ref TakeSlot(out uint slot);
        entry.Next = None;
        SetPlace(slot, place.Packed);
        return slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // measured by the row "buddy" of the allocator bench
    private ref Entry TakeSlot(out uint slot)
    {
        Debug.Assert(LiveCount < _maxCount, "The caller asked for room first.");
        slot = _freeHead;
        if (slot == None)
        {
            slot = MakeSlot();
        }

        ref Entry entry = ref this[slot];
        _freeHead = entry.Next;
        entry.Generation = unchecked(entry.Generation + 1);
        LiveCount++;
        Debug.Assert((entry.Generation & 1) == 1, "Generations of live blocks are odd.");
        return ref entry;
    }

    /// <summary>Begins a chain of blocks.</summary>
    internal static Chain BeginChain() => new(None, None, 0);

    /// <summary>Takes a slot for the next block of a chain. The caller has seen <see cref="SpareCount"/> above 0.</summary>
    internal void Add(ref Chain chain, BuddyPlace place)
    {
        TakeSlot(out uint slot);
        if (chain.Count == 0)
        {
            chain.Head = slot;
            SetPlace(slot, place.Packed);
        }
        else
        {
            this[chain.Last].Next = slot;
            SetPlace(slot, place.Packed | BuddyPlace.FollowerBit);
        }

        chain.Last = slot;
        chain.Count++;
    }

    /// <summary>The list of the blocks of a chain.</summary>
    internal BuddyBlockList EndChain(in Chain chain)
    {
        if (chain.Count == 0)
        {
            return default;
        }

        this[chain.Last].Next = None;
        return new BuddyBlockList { Head = NameOf(chain.Head), LastSlot = chain.Last, BlockCount = chain.Count };
    }

    /// <summary>Ends the life of a block whose slot is soon removed with its chain.</summary>
    /// <returns>Where it was.</returns>
    internal BuddyPlace Retire(uint slot, out uint next)
    {
        ref Entry entry = ref this[slot];
        Debug.Assert((entry.Generation & 1) == 1, "Only a live block is removed.");
        entry.Generation = unchecked(entry.Generation + 1);
        next = entry.Next;
        return PlaceOf(slot);
    }

    /// <summary>Puts the slots of a retired chain on the stack of free ones, in its order.</summary>
    internal void RemoveChain(uint head, uint last, int count)
    {
        this[last].Next = _freeHead;
        _freeHead = head;
        LiveCount -= count;
    }

    internal void Remove(uint slot)
    {
        ref Entry entry = ref this[slot];
        Debug.Assert((entry.Generation & 1) == 1, "Only a live block is removed.");
        entry.Generation = unchecked(entry.Generation + 1);
        entry.Next = _freeHead;
        _freeHead = slot;
        LiveCount--;
    }

    /// <summary>Length of the stack of free slots, or -1 when it runs in a circle or through a live slot.</summary>
    internal int CountFreeSlots()
    {
        int count = 0;
        for (uint slot = _freeHead; slot != None; slot = this[slot].Next)
        {
            count++;
            if (count > _made || IsLiveSlot(slot))
            {
                return -1;
            }
        }

        return count;
    }

    internal BuddyPlace PlaceOf(uint slot) =>
        new(_isWide ? ((ulong)_placesHigh[slot] << 32) | this[slot].PlaceLow : this[slot].PlaceLow);

    private void SetPlace(uint slot, ulong packed)
    {
        this[slot].PlaceLow = unchecked((uint)packed);
        if (_isWide)
        {
            _placesHigh[slot] = (uint)(packed >> 32);
        }
    }

    /// <summary>By a fourth, not to the double: with some thousand allocations the table is all the memory there is.</summary>
    private void Grow()
    {
        int length = (int)Math.Min(Math.Max(InitialCapacity, _entries.Length + (_entries.Length / 4L)), _maxCount);
        HugePages.Resize(ref _entries, length);
        if (_isWide)
        {
            HugePages.Resize(ref _placesHigh, length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeSlot()
    {
        if (_made == _entries.Length)
        {
            Grow();
        }

        uint slot = (uint)_made++;
        this[slot].Generation = _salt;
        this[slot].Next = None;
        return slot;
    }

    /// <summary>12 bytes: with some four blocks to an allocation, size counts for more than that none straddles two lines.</summary>
    internal struct Entry
    {
        internal uint Generation;
        internal uint Next;
        internal uint PlaceLow;

        internal readonly bool IsFollower => (PlaceLow & BuddyPlace.FollowerBit) != 0;
    }

    /// <summary>A list while its blocks are added.</summary>
    internal record struct Chain(uint Head, uint Last, int Count);
}
