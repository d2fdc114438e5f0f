using System;

namespace GpuMm.Ranges;

/// <summary>Names and lists of live blocks.</summary>
public sealed partial class BuddyAllocator
{
    /// <summary>True when a name stands for a live block of this allocator.</summary>
    /// <param name="block">The name.</param>
    public bool IsLive(BuddyBlock block) => _table.IsLive(block);

    /// <summary>What a live block covers.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidOperationException">The block is stale or foreign.</exception>
    public BuddyBlockInfo GetInfo(BuddyBlock block)
    {
        VerifyLive(block);
        return InfoOfSlot(block.Slot, out _);
    }

    /// <summary>The blocks of a list, in order, for <c>foreach</c>.</summary>
    /// <param name="blocks">The list.</param>
    /// <exception cref="InvalidOperationException">The list is stale or belongs to another allocator.</exception>
    public BuddyBlockEnumerator Blocks(in BuddyBlockList blocks)
    {
        if (blocks.BlockCount != 0)
        {
            VerifyChain(blocks);
        }

        return new BuddyBlockEnumerator(this, blocks);
    }

    /// <summary>Sum of the sizes of a list's blocks, bytes. Cost: O(Count).</summary>
    /// <param name="blocks">The list.</param>
    /// <exception cref="InvalidOperationException">The list is stale or belongs to another allocator.</exception>
    public ulong SizeBytesOf(in BuddyBlockList blocks)
    {
        ulong sum = 0;
        foreach (BuddyBlockInfo info in Blocks(blocks))
        {
            sum += info.Range.SizeBytes;
        }

        return sum;
    }

    /// <summary>Takes the first block out of a list; it stays live and is then in no list.</summary>
    /// <param name="blocks">A list of at least one block.</param>
    /// <returns>The block.</returns>
    /// <exception cref="InvalidOperationException">The list is empty, stale, or belongs to another allocator.</exception>
    public BuddyBlock TakeFirst(ref BuddyBlockList blocks)
    {
        VerifyEnds(blocks);
        BuddyBlock block = blocks.Head;
        VerifyLive(block);
        uint next = _table[block.Slot].Next;
        if ((next == BuddyBlockTable.None) != (blocks.BlockCount == 1))
        {
            BuddyThrow.StaleList(block, blocks.BlockCount);
        }

        _table[block.Slot].Next = BuddyBlockTable.None;
        if (next == BuddyBlockTable.None)
        {
            blocks = default;
        }
        else
        {
            _table[next].PlaceLow &= ~BuddyPlace.FollowerBit;
            blocks.Head = _table.NameOf(next);
            blocks.BlockCount--;
        }

        return block;
    }

    /// <summary>Takes one block out of a list; it stays live and is then in no list. Cost: O(Count).</summary>
    /// <param name="blocks">The list.</param>
    /// <param name="block">A block in it.</param>
    /// <exception cref="InvalidOperationException">The list is stale or does not hold the block.</exception>
    public void Take(ref BuddyBlockList blocks, BuddyBlock block)
    {
        VerifyLive(block);
        VerifyChain(blocks);
        if (blocks.Head == block)
        {
            TakeFirst(ref blocks);
            return;
        }

        uint before = blocks.Head.Slot;
        while (_table[before].Next != block.Slot)
        {
            before = _table[before].Next;
            if (before == BuddyBlockTable.None)
            {
                BuddyThrow.NotInList(block);
            }
        }

        ref BuddyBlockTable.Entry entry = ref _table[block.Slot];
        _table[before].Next = entry.Next;
        blocks.LastSlot = blocks.LastSlot == block.Slot ? before : blocks.LastSlot;
        blocks.BlockCount--;
        entry.Next = BuddyBlockTable.None;
        entry.PlaceLow &= ~BuddyPlace.FollowerBit;
    }

    /// <summary>Appends a block that is in no list.</summary>
    /// <param name="blocks">The list.</param>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidOperationException">The list is stale, or the block is stale, foreign or in a list.</exception>
    public void Append(ref BuddyBlockList blocks, BuddyBlock block)
    {
        VerifyEnds(blocks);
        VerifyAlone(block);
        if (blocks.Head == block)
        {
            BuddyThrow.Linked(block);
        }

        Link(ref blocks, block.Slot);
    }

    /// <summary>Moves all blocks of one list to the end of another. Cost: O(1).</summary>
    /// <param name="blocks">Receives them.</param>
    /// <param name="moved">Gives them; empty afterwards.</param>
    /// <exception cref="InvalidOperationException">A list is stale, or both are the same.</exception>
    public void AppendAll(ref BuddyBlockList blocks, ref BuddyBlockList moved)
    {
        VerifyEnds(blocks);
        VerifyEnds(moved);
        if (moved.BlockCount != 0 && moved.Head == blocks.Head)
        {
            BuddyThrow.StaleList(moved.Head, moved.BlockCount);
        }

        Splice(ref blocks, moved);
        moved = default;
    }

    internal BuddyBlockInfo InfoOfSlot(uint slot, out uint next)
    {
        next = _table[slot].Next;
        BuddyPlace place = _table.PlaceOf(slot);
        ByteRange range = new(place.OffsetChunks << _chunkShift, ChunkBytes << place.Order);
        return new BuddyBlockInfo(_table.NameOf(slot), range, place.Order, place.IsCleared);
    }

    /// <summary>Throws unless a block is live and the first of its chain.</summary>
    internal void VerifyHead(BuddyBlock head)
    {
        VerifyLive(head);
        if (_table[head.Slot].IsFollower)
        {
            BuddyThrow.Linked(head);
        }
    }

    /// <summary>Frees the chain that starts at a block; the adapter keeps nothing but that name.</summary>
    internal void FreeFrom(BuddyBlock head, bool isCleared)
    {
        VerifyHead(head);
        FreeChain(head.Slot, isCleared ? _cleared : _dirty);
        AssertInvariants();
    }

    private void Link(ref BuddyBlockList blocks, uint slot)
    {
        if (blocks.BlockCount == 0)
        {
            blocks.Head = _table.NameOf(slot);
        }
        else
        {
            _table[blocks.LastSlot].Next = slot;
            _table[slot].PlaceLow |= BuddyPlace.FollowerBit;
        }

        blocks.LastSlot = slot;
        blocks.BlockCount++;
    }

    private void Splice(ref BuddyBlockList blocks, BuddyBlockList moved)
    {
        if (blocks.BlockCount == 0)
        {
            blocks = moved;
        }
        else if (moved.BlockCount != 0)
        {
            _table[blocks.LastSlot].Next = moved.Head.Slot;
            _table[moved.Head.Slot].PlaceLow |= BuddyPlace.FollowerBit;
            blocks.LastSlot = moved.LastSlot;
            blocks.BlockCount += moved.BlockCount;
        }
    }

    private bool IsAlone(uint slot) => _table[slot].Next == BuddyBlockTable.None && !_table[slot].IsFollower;

    private void VerifyLive(BuddyBlock block)
    {
        if (!_table.IsLive(block))
        {
            BuddyThrow.Stale(block);
        }
    }

    private void VerifyAlone(BuddyBlock block)
    {
        VerifyLive(block);
        if (!IsAlone(block.Slot))
        {
            BuddyThrow.Linked(block);
        }
    }

    /// <summary>The cheap half of <see cref="VerifyChain"/>: both ends are what the list says. Cost: O(1).</summary>
    private void VerifyEnds(BuddyBlockList blocks)
    {
        if (blocks.BlockCount == 0)
        {
            return;
        }

        VerifyLive(blocks.Head);
        if (_table[blocks.Head.Slot].IsFollower || !_table.IsLiveSlot(blocks.LastSlot) ||
            _table[blocks.LastSlot].Next != BuddyBlockTable.None)
        {
            BuddyThrow.StaleList(blocks.Head, blocks.BlockCount);
        }
    }

    /// <summary>
    /// Makes sure that a list is whole. Links change only through list operations, and freeing a linked block is refused,
    /// so that a chain whose first block is live and first, and whose length and end agree, is the one that was built.
    /// </summary>
    private void VerifyChain(BuddyBlockList blocks)
    {
        VerifyLive(blocks.Head);
        uint slot = blocks.Head.Slot;
        bool isWhole = !_table[slot].IsFollower;
        for (int left = blocks.BlockCount - 1; left > 0 && isWhole; left--)
        {
            slot = _table[slot].Next;
            isWhole = slot != BuddyBlockTable.None;
        }

        if (!isWhole || slot != blocks.LastSlot || _table[slot].Next != BuddyBlockTable.None)
        {
            BuddyThrow.StaleList(blocks.Head, blocks.BlockCount);
        }
    }
}
