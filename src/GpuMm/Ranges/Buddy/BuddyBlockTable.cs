using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>The live blocks of a <see cref="BuddyAllocator"/>: slot to place, order, state and the next block of its list.</summary>
/// <remarks>
/// Free blocks need no entry: they are bits in <see cref="FreeBlockIndex"/>. The free slots form a stack, so the slot of
/// the block freed last, still in the cache, is the next one given out.
/// </remarks>
internal sealed class BuddyBlockTable
{
    internal const uint None = uint.MaxValue;

    private readonly int _maxCount;
    private readonly uint _salt;
    private LineArray<Entry> _entries;
    private uint _freeHead = None;
    private int _made; // slots that were ever used; those above have never been

    internal BuddyBlockTable(int initialCapacity, int maxCount)
    {
        _maxCount = maxCount;
        _entries = new LineArray<Entry>(Math.Min(initialCapacity, maxCount));
        _salt = AllocatorIdentity.NextGenerationSalt();
    }

    internal int LiveCount { get; private set; }

    internal int MadeCount => _made;

    internal int SpareCount => _maxCount - LiveCount;

    internal long MetadataBytes => _entries.MetadataBytes;

    internal ref Entry this[uint slot]
    {
        get
        {
            Debug.Assert(slot < (uint)_made, "The slot was given out.");

            // Invariant: links name slots that were given out, and names from outside are compared with _made first.
            return ref Unsafe.Add(ref _entries.First, slot);
        }
    }

    internal bool IsLive(BuddyBlock block) =>
        block.Slot < (uint)_made && (block.Generation & 1) != 0 && this[block.Slot].Generation == block.Generation;

    internal bool IsLiveSlot(uint slot) => slot < (uint)_made && (this[slot].Generation & 1) != 0;

    internal BuddyBlock NameOf(uint slot) => new(slot, this[slot].Generation);

    /// <summary>Takes a slot for a block. The caller has seen <see cref="SpareCount"/> above 0.</summary>
    internal uint Add(ulong place)
    {
        Debug.Assert(LiveCount < _maxCount, "The caller asked for room first.");
        uint slot = _freeHead;
        if (slot == None)
        {
            slot = MakeSlot();
        }

        ref Entry entry = ref this[slot];
        _freeHead = entry.Next;
        entry.Generation = unchecked(entry.Generation + 1);
        entry.Next = None;
        entry.Place = place;
        LiveCount++;
        Debug.Assert((entry.Generation & 1) == 1, "Generations of live blocks are odd.");
        return slot;
    }

    /// <summary>Begins a chain of blocks.</summary>
    internal static Chain BeginChain() => new(None, None, 0);

    /// <summary>Takes a slot for the next block of a chain. The caller has seen <see cref="SpareCount"/> above 0.</summary>
    internal void Add(ref Chain chain, ulong place)
    {
        Debug.Assert(LiveCount < _maxCount, "The caller asked for room first.");
        uint slot = _freeHead;
        if (slot == None)
        {
            slot = MakeSlot();
        }

        ref Entry entry = ref this[slot];
        _freeHead = entry.Next;
        entry.Generation = unchecked(entry.Generation + 1);
        if (chain.Count == 0)
        {
            chain.Head = slot;
        }
        else
        {
            this[chain.Last].Next = slot;
            place |= Entry.FollowerBit;
        }

        entry.Place = place;
        chain.Last = slot;
        chain.Count++;
        LiveCount++;
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
    internal ulong Retire(uint slot, out uint next)
    {
        ref Entry entry = ref this[slot];
        Debug.Assert((entry.Generation & 1) == 1, "Only a live block is removed.");
        entry.Generation = unchecked(entry.Generation + 1);
        next = entry.Next;
        return entry.Place;
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeSlot()
    {
        if (_made == _entries.Length)
        {
            _entries.Grow((int)Math.Min(Math.Max(16L, _entries.Length * 2L), _maxCount));
        }

        uint slot = (uint)_made++;
        this[slot].Generation = _salt;
        this[slot].Next = None;
        return slot;
    }

    /// <summary>16 bytes, so that one cache line holds four and no entry straddles two.</summary>
    internal struct Entry
    {
        // Place:  offset in chunks : 56 | follower : 1 | cleared : 1 | order : 6
        internal const ulong OrderMask = 63;
        internal const ulong ClearedBit = 64;
        internal const ulong FollowerBit = 128;
        internal const int OffsetShift = 8;

        internal uint Generation;
        internal uint Next;
        internal ulong Place;

        internal readonly int Order => OrderOf(Place);

        internal readonly bool IsCleared => (Place & ClearedBit) != 0;

        internal readonly bool IsFollower => (Place & FollowerBit) != 0;

        internal readonly ulong OffsetChunks => Place >> OffsetShift;

        internal static int OrderOf(ulong place) => (int)(place & OrderMask);

        internal static ulong Pack(ulong offsetChunks, int order, bool isCleared) =>
            (offsetChunks << OffsetShift) | (isCleared ? ClearedBit : 0) | (uint)order;
    }
    /// <summary>A list while its blocks are added.</summary>
    internal record struct Chain(uint Head, uint Last, int Count);
}
