using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>The nodes, the size classes and the search.</summary>
public sealed partial class BinAllocator
{
    private const uint None = SlotMask;
    private const uint SlotMask = 0x7FFF_FFFF;
    private const uint HoleBit = 0x8000_0000;
    private const int MinNodes = 256; // 8 KiB

    private readonly uint[] _heads;
    private readonly uint _salt;

    // One struct of 32 bytes per node: freeing reads and writes nearly all of it, and two share a cache line.
    private LineArray<Node> _nodes;
    private int _made; // slots that were ever used
    private uint _spare = None; // stack of unused slots through NextInBin
    private BinMask _mask = new();

    private static bool IsHole(uint link) => (link & HoleBit) != 0;

    /// <summary>A node by its slot, without a check: links and verified names lead to nodes that were made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Node At(ref Node first, uint slot) => ref Unsafe.Add(ref first, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint HeadOf(int bin)
    {
        Debug.Assert(bin < BinClass.Count, "A size has a class.");
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_heads), bin);
    }

    /// <summary>The first hole of the lowest class from one upward that has any.</summary>
    private uint FirstFrom(int bin)
    {
        bin = _mask.FirstFrom(bin);
        return bin == BinMask.None ? None : _heads[bin];
    }

    /// <summary>A hole of the next class of which every hole is large enough; only when there is none, one of the own class.</summary>
    private uint FindHole(uint size)
    {
        int own = BinClass.Of(size);
        int above = BinClass.Above(size);
        uint slot = FirstFrom(above);
        return slot == None && own != above ? FindInBin(HeadOf(own), size) : slot;
    }

    /// <summary>The first hole of a list that is large enough.</summary>
    private uint FindInBin(uint slot, uint size)
    {
        while (slot != None && _nodes[slot].Size < size)
        {
            slot = _nodes[slot].NextInBin;
        }

        return slot;
    }

    /// <summary>A hole that holds a size at an alignment; first one that any hole of its class can serve.</summary>
    private uint FindAlignedHole(uint size, ulong alignment)
    {
        int above = BinClass.Above(size + alignment - 1);
        uint slot = FirstFrom(above);
        if (slot != None)
        {
            return slot;
        }

        // Smaller holes may lie so that they need less padding, or none.
        for (int bin = BinClass.Of(size); bin < Math.Min(above, _heads.Length); bin++)
        {
            for (slot = _heads[bin]; slot != None; slot = _nodes[slot].NextInBin)
            {
                ref Node hole = ref _nodes[slot];
                ulong padding = AlignUp(hole.Offset, alignment) - hole.Offset;
                if (padding + size <= hole.Size)
                {
                    return slot;
                }
            }
        }

        return None;
    }

    /// <summary>Turns the front of a hole into a live block; the rest stays a hole behind it.</summary>
    private ref Node TakeFront(uint slot, uint size)
    {
        ref Node nodes = ref _nodes.First;
        ref Node node = ref At(ref nodes, slot);
        Unlink(ref nodes, slot, ref node);
        node.Generation = unchecked(node.Generation + 1);
        Debug.Assert((node.Generation & 1) == 1, "Generations of live blocks are odd.");
        LiveCount++;
        _freeUnits -= size;
        uint rest = node.Size - size;
        uint before = node.Before;
        uint after = node.After;
        SetAfter(ref nodes, before, slot); // the neighbours' links still carry the hole bit
        if (rest == 0)
        {
            SetBefore(ref nodes, after, slot);
            return ref node;
        }

        node.Size = size;
        uint offset = node.Offset + size;
        uint restSlot = _spare;
        if (restSlot == None)
        {
            restSlot = MakeSlot(); // may move the nodes
            nodes = ref _nodes.First;
        }
        else
        {
            _spare = At(ref nodes, restSlot).NextInBin;
        }

        AddHole(ref nodes, restSlot, offset, rest, slot, after);
        return ref At(ref nodes, slot);
    }

    /// <summary>Splits a hole at an offset and answers the hole that starts there. Both halves are holes for a moment.</summary>
    private uint SkipTo(uint slot, ulong offset)
    {
        uint padding = (uint)(offset - _nodes[slot].Offset);
        if (padding == 0)
        {
            return slot;
        }

        Unlink(ref _nodes.First, slot, ref _nodes[slot]);
        uint backSlot = TakeSlot();
        ref Node nodes = ref _nodes.First;
        ref Node front = ref At(ref nodes, slot);
        uint rest = front.Size - padding;
        uint after = front.After;
        AddHole(ref nodes, slot, front.Offset, padding, front.Before, backSlot);
        AddHole(ref nodes, backSlot, (uint)offset, rest, slot | HoleBit, after);
        return backSlot;
    }

    /// <summary>Makes a node a hole between two neighbours, tells them, and puts it into its bin.</summary>
    private void AddHole(ref Node nodes, uint slot, uint offset, uint size, uint before, uint after)
    {
        int bin = BinClass.Of(size);
        ref uint head = ref HeadOf(bin);
        ref Node node = ref At(ref nodes, slot);
        node.Offset = offset;
        node.Size = size;
        node.Before = before;
        node.After = after;
        node.PrevInBin = None;
        node.NextInBin = head;
        SetAfter(ref nodes, before, slot | HoleBit);
        SetBefore(ref nodes, after, slot | HoleBit);
        if (head != None)
        {
            At(ref nodes, head).PrevInBin = slot;
        }
        else
        {
            _mask.Set(bin);
        }

        head = slot;
    }

    private void Unlink(ref Node nodes, uint slot, ref Node node)
    {
        uint next = node.NextInBin;
        uint previous = node.PrevInBin;
        if (next != None)
        {
            At(ref nodes, next).PrevInBin = previous;
        }

        if (previous != None)
        {
            At(ref nodes, previous).NextInBin = next;
            return;
        }

        int bin = BinClass.Of(node.Size);
        Debug.Assert(_heads[bin] == slot, "The first hole of a list is its head.");
        HeadOf(bin) = next;
        if (next == None)
        {
            _mask.Clear(bin);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetAfter(ref Node nodes, uint link, uint value)
    {
        uint slot = link & SlotMask;
        if (slot != None)
        {
            At(ref nodes, slot).After = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetBefore(ref Node nodes, uint link, uint value)
    {
        uint slot = link & SlotMask;
        if (slot != None)
        {
            At(ref nodes, slot).Before = value;
        }
    }

    private uint TakeSlot()
    {
        uint slot = _spare;
        if (slot == None)
        {
            return MakeSlot();
        }

        _spare = _nodes[slot].NextInBin;
        return slot;
    }

    private void ReturnSlot(uint slot, ref Node node)
    {
        node.NextInBin = _spare;
        node.Size = 0; // marks a slot that is neither live nor a hole
        _spare = slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeSlot()
    {
        if (_made == _nodes.Length)
        {
            long most = (2L * _maxLiveCount) + 2; // every live block has at most one hole behind it
            _nodes.Grow((int)Math.Min(_nodes.Length * 2L, Math.Max(most, MinNodes)));
        }

        _nodes[(uint)_made].Generation = _salt;
        return (uint)_made++;
    }

    private struct Node
    {
        // Link:  the neighbour is a hole : 1 | slot : 31
        internal uint Generation;
        internal uint Size;
        internal uint Offset;
        internal uint Before;
        internal uint After;
        internal uint NextInBin;
        internal uint PrevInBin;
        internal uint Reserved; // keeps two nodes to a cache line
    }
}
