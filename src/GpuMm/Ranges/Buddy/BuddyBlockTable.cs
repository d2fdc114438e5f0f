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

    internal ref Entry this[uint slot] => ref _entries[slot];

    internal bool IsLive(BuddyBlock block) =>
        block.Slot < (uint)_made && (block.Generation & 1) != 0 && _entries[block.Slot].Generation == block.Generation;

    internal bool IsLiveSlot(uint slot) => slot < (uint)_made && (_entries[slot].Generation & 1) != 0;

    internal BuddyBlock NameOf(uint slot) => new(slot, _entries[slot].Generation);

    /// <summary>Takes a slot for a block. The caller has seen <see cref="SpareCount"/> above 0.</summary>
    internal uint Add(ulong place)
    {
        Debug.Assert(LiveCount < _maxCount, "The caller asked for room first.");
        uint slot = _freeHead;
        if (slot == None)
        {
            slot = MakeSlot();
        }
        else
        {
            _freeHead = _entries[slot].Next;
        }

        ref Entry entry = ref _entries[slot];
        entry.Generation = unchecked(entry.Generation + 1);
        entry.Next = None;
        entry.Place = place;
        LiveCount++;
        Debug.Assert((entry.Generation & 1) == 1, "Generations of live blocks are odd.");
        return slot;
    }

    internal void Remove(uint slot)
    {
        ref Entry entry = ref _entries[slot];
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
        for (uint slot = _freeHead; slot != None; slot = _entries[slot].Next)
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

        _entries[(uint)_made].Generation = _salt;
        return (uint)_made++;
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

        internal readonly int Order => (int)(Place & OrderMask);

        internal readonly bool IsCleared => (Place & ClearedBit) != 0;

        internal readonly bool IsFollower => (Place & FollowerBit) != 0;

        internal readonly ulong OffsetChunks => Place >> OffsetShift;

        internal static ulong Pack(ulong offsetChunks, int order, bool isCleared) =>
            (offsetChunks << OffsetShift) | (isCleared ? ClearedBit : 0) | (uint)order;
    }
}
