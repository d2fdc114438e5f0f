using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>The nodes, the size classes and the search.</summary>
public sealed partial class BinAllocator
{
    private const uint None = SlotMask;
    private const uint SlotMask = 0x7FFF_FFFF;
    private const uint HoleBit = 0x8000_0000;
    private const uint Unused = uint.MaxValue; // in Before: the slot is neither live nor a hole
    private const int LevelBits = 6;
    private const int BinsPerLevel = 1 << LevelBits; // one word of the bitmap
    private const int LevelCount = 32 - LevelBits + 1; // sizes of 1 to 32 bits

    private const int MinNodes = 256; // 4 KiB
    private const int MinHoles = 128; // 4 KiB

    private readonly uint[] _heads = new uint[LevelCount * BinsPerLevel];
    private readonly ulong[] _classes = new ulong[LevelCount];
    private readonly uint _salt;

    // A node is 16 bytes, four to a cache line, and all that a live block needs: its size is the distance to the node
    // behind it, which tends to share the line. What only holes need lies in a second, much shorter array.
    private LineArray<Node> _nodes;
    private LineArray<Hole> _holes;
    private int _made; // slots that were ever used
    private int _holesMade; // records that were ever used
    private uint _spare = None; // stack of unused slots through Offset
    private uint _spareHole = None; // stack of unused records through Next
    private uint _levels; // bit i: _classes[i] is not 0

    private static bool IsHole(uint link) => (link & HoleBit) != 0;

    /// <summary>The class whose sizes begin at or below a size.</summary>
    private static int BinOf(uint size)
    {
        int shift = Math.Max(0, BitOperations.Log2(size) - LevelBits);
        return (shift << LevelBits) + (int)(size >> shift);
    }

    /// <summary>The lowest class of which every hole is at least that large.</summary>
    private static int BinAbove(ulong size)
    {
        int shift = Math.Max(0, BitOperations.Log2(size) - LevelBits);
        return (shift << LevelBits) + (int)((size + (1ul << shift) - 1) >> shift);
    }

    /// <summary>The first hole of the lowest class from one upward that has any.</summary>
    private uint FirstFrom(int bin)
    {
        int level = bin >> LevelBits;
        if (level >= LevelCount)
        {
            return None;
        }

        ulong classes = _classes[level] & (ulong.MaxValue << (bin & (BinsPerLevel - 1)));
        if (classes == 0)
        {
            uint levels = _levels & unchecked((uint)(0xFFFF_FFFEul << level));
            if (levels == 0)
            {
                return None;
            }

            level = BitOperations.TrailingZeroCount(levels);
            classes = _classes[level];
        }

        return _heads[(level << LevelBits) + BitOperations.TrailingZeroCount(classes)];
    }

    private uint FindHole(uint size)
    {
        int own = BinOf(size);
        int above = BinAbove(size);
        if (own == above)
        {
            return FirstFrom(own);
        }

        uint first = _heads[own];
        if (first != None && _holes[first].Size >= size)
        {
            return first;
        }

        uint found = FirstFrom(above);
        return found != None ? found : FindInBin(first, size);
    }

    /// <summary>The first hole of a list that is large enough.</summary>
    private uint FindInBin(uint hole, uint size)
    {
        while (hole != None && _holes[hole].Size < size)
        {
            hole = _holes[hole].Next;
        }

        return hole;
    }

    /// <summary>A hole that holds a size at an alignment; first one that any hole of its class can serve.</summary>
    private uint FindAlignedHole(uint size, ulong alignment)
    {
        int above = BinAbove(size + alignment - 1);
        uint found = FirstFrom(above);
        if (found != None)
        {
            return found;
        }

        // Smaller holes may lie so that they need less padding, or none.
        for (int bin = BinOf(size); bin < Math.Min(above, _heads.Length); bin++)
        {
            for (found = _heads[bin]; found != None; found = _holes[found].Next)
            {
                uint offset = _nodes[_holes[found].Slot].Offset;
                ulong padding = AlignUp(offset, alignment) - offset;
                if (padding + size <= _holes[found].Size)
                {
                    return found;
                }
            }
        }

        return None;
    }

    /// <summary>Turns the front of a hole into a live block; the rest stays a hole behind it.</summary>
    /// <returns>The block's slot.</returns>
    private uint TakeFront(uint hole, uint size)
    {
        uint holeSize = _holes[hole].Size;
        uint slot = _holes[hole].Slot;
        uint generation = unchecked(RemoveHole(hole) + 1);
        Debug.Assert((generation & 1) == 1, "Generations of live blocks are odd.");
        LiveCount++;
        _freeUnits -= size;
        ref Node node = ref _nodes[slot];
        node.State = generation;
        SetAfter(node.Before, slot); // the neighbours' links still carry the hole bit
        if (size == holeSize)
        {
            SetBefore(node.After, slot);
            return slot;
        }

        uint offset = node.Offset + size;
        uint after = node.After;
        uint restSlot = TakeSlot(); // may move the nodes
        AddHole(restSlot, _nodes[restSlot].State, offset, holeSize - size, slot, after);
        return slot;
    }

    /// <summary>Splits a hole at an offset and answers the hole that starts there. Both halves are holes for a moment.</summary>
    private uint SkipTo(uint hole, ulong offset)
    {
        uint slot = _holes[hole].Slot;
        Node front = _nodes[slot];
        uint padding = (uint)(offset - front.Offset);
        if (padding == 0)
        {
            return hole;
        }

        uint rest = _holes[hole].Size - padding;
        uint generation = RemoveHole(hole);
        uint backSlot = TakeSlot();
        AddHole(slot, generation, front.Offset, padding, front.Before, backSlot);
        AddHole(backSlot, _nodes[backSlot].State, (uint)offset, rest, slot | HoleBit, front.After);
        return _nodes[backSlot].State >> 1;
    }

    /// <summary>Makes a node a hole between two neighbours, tells them, and puts it into its bin.</summary>
    private void AddHole(uint slot, uint generation, uint offset, uint size, uint before, uint after)
    {
        int bin = BinOf(size);
        uint head = _heads[bin];
        uint added = _spareHole;
        if (added == None)
        {
            added = MakeHole();
        }
        else
        {
            _spareHole = _holes[added].Next;
        }

        ref Hole hole = ref _holes[added];
        hole.Slot = slot;
        hole.Generation = generation;
        hole.Size = size;
        hole.Next = head;
        hole.Previous = None;
        _heads[bin] = added;
        if (head != None)
        {
            _holes[head].Previous = added;
        }
        else
        {
            _classes[bin >> LevelBits] |= 1ul << (bin & (BinsPerLevel - 1));
            _levels |= 1u << (bin >> LevelBits);
        }

        ref Node node = ref _nodes[slot];
        node.State = added << 1;
        node.Offset = offset;
        node.Before = before;
        node.After = after;
        SetAfter(before, slot | HoleBit);
        SetBefore(after, slot | HoleBit);
    }

    /// <summary>Takes a hole out of its bin and returns its record.</summary>
    /// <returns>The generation to go on counting from.</returns>
    private uint RemoveHole(uint removed)
    {
        ref Hole hole = ref _holes[removed];
        uint next = hole.Next;
        uint previous = hole.Previous;
        if (next != None)
        {
            _holes[next].Previous = previous;
        }

        if (previous != None)
        {
            _holes[previous].Next = next;
        }
        else
        {
            int bin = BinOf(hole.Size);
            Debug.Assert(_heads[bin] == removed, "The first hole of a list is its head.");
            _heads[bin] = next;
            if (next == None)
            {
                int level = bin >> LevelBits;
                _classes[level] &= ~(1ul << (bin & (BinsPerLevel - 1)));
                _levels &= ~((_classes[level] == 0 ? 1u : 0u) << level);
            }
        }

        hole.Next = _spareHole;
        hole.Size = 0;
        _spareHole = removed;
        return hole.Generation;
    }

    /// <summary>Swallows a neighbouring hole: its node and record are free again.</summary>
    /// <returns>The hole's size and the node it was.</returns>
    private uint Swallow(uint link, out Node gone)
    {
        uint slot = link & SlotMask;
        gone = _nodes[slot];
        uint hole = gone.State >> 1;
        uint size = _holes[hole].Size;
        ref Node node = ref _nodes[slot];
        node.State = RemoveHole(hole);
        node.Before = Unused;
        node.Offset = _spare;
        _spare = slot;
        return size;
    }

    private void SetAfter(uint link, uint value)
    {
        uint slot = link & SlotMask;
        if (slot != None)
        {
            _nodes[slot].After = value;
        }
    }

    private void SetBefore(uint link, uint value)
    {
        uint slot = link & SlotMask;
        if (slot != None)
        {
            _nodes[slot].Before = value;
        }
    }

    private uint SizeOf(ref readonly Node node)
    {
        uint behind = node.After & SlotMask;
        return (behind == None ? _unitCount : _nodes[behind].Offset) - node.Offset;
    }

    private uint TakeSlot()
    {
        uint slot = _spare;
        if (slot == None)
        {
            return MakeSlot();
        }

        _spare = _nodes[slot].Offset;
        return slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeSlot()
    {
        if (_made == _nodes.Length)
        {
            long most = (2L * _maxLiveCount) + 2; // every live block has at most one hole behind it
            _nodes.Grow((int)Math.Min(_nodes.Length * 2L, Math.Max(most, MinNodes)));
        }

        _nodes[(uint)_made].State = _salt;
        return (uint)_made++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeHole()
    {
        if (_holesMade == _holes.Length)
        {
            _holes.Grow(_holes.Length * 2);
        }

        return (uint)_holesMade++;
    }

    private struct Node
    {
        // State:  odd, the generation of a live block; even, twice the record of a hole, or the generation of an unused slot
        // Link:   the neighbour is a hole : 1 | slot : 31
        internal uint State;
        internal uint Offset;
        internal uint Before;
        internal uint After;
    }

    private struct Hole
    {
        internal uint Slot;
        internal uint Generation; // even: of the slot, which has no room for it now
        internal uint Size;
        internal uint Next;
        internal uint Previous;
#pragma warning disable CS0649, IDE0051 // Two records to a cache line.
        internal uint Padding0;
        internal ulong Padding1;
#pragma warning restore CS0649, IDE0051
    }
}
