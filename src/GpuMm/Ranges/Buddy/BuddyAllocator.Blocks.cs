using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>Taking and freeing single blocks: search, split, merge.</summary>
public sealed partial class BuddyAllocator
{
    private FreeBlockIndex OtherThan(FreeBlockIndex free) => ReferenceEquals(free, _dirty) ? _cleared : _dirty;

    /// <summary>Takes dirty blocks without further wishes, one per binary digit, the largest first.</summary>
    /// <param name="wanted">Chunks to take.</param>
    /// <param name="taken">The blocks.</param>
    /// <returns>Chunks that are missing, when no dirty block holds the next digit or no slot is left.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)] // inlined, it shares its registers with its caller
    private ulong TakePlain(ulong wanted, out BuddyBlockList taken)
    {
        FreeBlockIndex free = _dirty;
        BuddyBlockTable table = _table;
        BuddyBlockTable.Chain chain = BuddyBlockTable.BeginChain();
        ulong missing = wanted;
        while (missing != 0)
        {
            int order = BitOperations.Log2(missing);
            ulong orders = free.NonEmptyOrders >> order << order;
            if (orders == 0 || table.SpareCount == 0)
            {
                break;
            }

            int foundOrder = BitOperations.TrailingZeroCount(orders);
            ulong start = ((free.TakeHighest(foundOrder) + 1) << foundOrder) - (1ul << order);
            while (foundOrder > order)
            {
                foundOrder--;
                free.Add(foundOrder, (start >> foundOrder) ^ 1);
            }

            table.Add(ref chain, BuddyPlace.Of(start, order, isCleared: false));
            missing -= 1ul << order;
        }

        _freeChunks -= wanted - missing;
        taken = table.EndChain(chain);
        return missing;
    }

    /// <summary>Takes the blocks of a plan, largest first; undoes everything when they do not suffice.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="left">Chunks that are still to be taken.</param>
    /// <param name="taken">What was taken for it before; receives the rest, or is stale on failure.</param>
    private MmStatus TryTake(in BuddyPlan plan, ulong left, ref BuddyBlockList taken)
    {
        ulong excess = plan.Has(BuddyFlags.KeepRounding) ? 0 : plan.RoundedChunks - plan.SizeChunks;
        int order = BitOperations.Log2(left);
        while (left != 0)
        {
            order = Math.Min(order, BitOperations.Log2(left));
            while (!TryTakeBlock(plan, order, left == 1ul << order ? excess : 0, ref taken))
            {
                if (order > plan.MinOrder)
                {
                    order--;
                    continue;
                }

                // A block of the least order is trimmed to at most that many pieces.
                ulong wanted = left >> plan.MinOrder;
                if (_table.SpareCount <= plan.MinOrder || CountJoinable(plan, wanted) < wanted)
                {
                    UndoTake(taken);
                    return MmStatus.NoSpace;
                }

                JoinOne(plan);
            }

            left -= 1ul << order;
        }

        return MmStatus.Ok;
    }

    /// <summary>Takes one block, less an excess at its end, from the preferred state or else from the other.</summary>
    private bool TryTakeBlock(in BuddyPlan plan, int order, ulong excessChunks, ref BuddyBlockList taken)
    {
        FreeBlockIndex free = plan.Has(BuddyFlags.PreferCleared) ? _cleared : _dirty;
        if (!TryFind(free, plan, order, out int foundOrder, out ulong start))
        {
            free = OtherThan(free);
            if (!TryFind(free, plan, order, out foundOrder, out start))
            {
                return false;
            }
        }

        ulong sizeChunks = 1ul << order;
        if (_table.SpareCount == 0 ||
            (excessChunks != 0 && _table.SpareCount < CountPieces(start, start + sizeChunks - excessChunks)))
        {
            return false;
        }

        free.Remove(foundOrder, start >> foundOrder);
        while (foundOrder > order)
        {
            foundOrder--;
            free.Add(foundOrder, (start >> foundOrder) ^ 1);
        }

        if (excessChunks == 0)
        {
            TakePiece(free, start, order, ref taken);
        }
        else
        {
            TakePieces(free, start, start + sizeChunks - excessChunks, ref taken);
            AddFreePieces(free, start + sizeChunks - excessChunks, start + sizeChunks);
        }

        return true;
    }

    /// <summary>Chooses where a block of an order goes among the free blocks of one state.</summary>
    private static bool TryFind(FreeBlockIndex free, in BuddyPlan plan, int order, out int foundOrder, out ulong start)
    {
        if (plan.Has(BuddyFlags.Range | BuddyFlags.TopDown) || plan.IsOffsetAligned)
        {
            return BuddySearch.TryFind(free, plan, order, out foundOrder, out start);
        }

        ulong orders = free.NonEmptyOrders >> order << order;
        foundOrder = BitOperations.TrailingZeroCount(orders);
        start = 0;
        if (orders == 0)
        {
            return false;
        }

        // Right half after right half: the end of the found block.
        start = ((free.Highest(foundOrder) + 1) << foundOrder) - (1ul << order);
        return true;
    }

    private static int PieceOrder(ulong start, ulong end)
    {
        int order = BitOperations.Log2(end - start);
        return start == 0 ? order : Math.Min(order, BitOperations.TrailingZeroCount(start));
    }

    private static int CountPieces(ulong start, ulong end)
    {
        int count = 0;
        for (; start < end; start += 1ul << PieceOrder(start, end))
        {
            count++;
        }

        return count;
    }

    /// <summary>Marks a run free as the largest blocks that cover it exactly. Nothing next to it may be free alike.</summary>
    private static void AddFreePieces(FreeBlockIndex free, ulong start, ulong end)
    {
        while (start < end)
        {
            int order = PieceOrder(start, end);
            free.Add(order, start >> order);
            start += 1ul << order;
        }
    }

    /// <summary>Gives out a run, already out of the index, as the largest blocks that cover it exactly.</summary>
    private void TakePieces(FreeBlockIndex free, ulong start, ulong end, ref BuddyBlockList taken)
    {
        while (start < end)
        {
            int order = PieceOrder(start, end);
            TakePiece(free, start, order, ref taken);
            start += 1ul << order;
        }
    }

    private void TakePiece(FreeBlockIndex free, ulong start, int order, ref BuddyBlockList taken)
    {
        bool isCleared = ReferenceEquals(free, _cleared);
        ulong sizeChunks = 1ul << order;
        _freeChunks -= sizeChunks;
        if (isCleared)
        {
            _clearedChunks -= sizeChunks;
        }

        uint slot = _table.Add(BuddyPlace.Of(start, order, isCleared));
        Link(ref taken, slot);
    }

    /// <summary>Frees a live block into one state and joins it with free buddies of that state.</summary>
    private void FreeSlot(uint slot, FreeBlockIndex into)
    {
        BuddyPlace place = _table.PlaceOf(slot);
        int order = place.Order;
        ulong sizeChunks = 1ul << order;
        _table.Remove(slot);
        _freeChunks += sizeChunks;
        if (ReferenceEquals(into, _cleared))
        {
            _clearedChunks += sizeChunks;
        }

        into.Join(order, place.Index);
    }

    /// <summary>Frees a whole chain of slots into one state.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // inlined, it shares its registers with its caller
    private void FreeChain(uint head, FreeBlockIndex into)
    {
        BuddyBlockTable table = _table;
        ulong sizeChunks = 0;
        int count = 0;
        uint last;
        uint next = head;
        do
        {
            last = next;
            BuddyPlace place = table.Retire(last, out next);
            int order = place.Order;
            into.Join(order, place.Index);
            sizeChunks += 1ul << order;
            count++;
        }
        while (next != BuddyBlockTable.None);

        table.RemoveChain(head, last, count);
        _freeChunks += sizeChunks;
        _clearedChunks += ReferenceEquals(into, _cleared) ? sizeChunks : 0;
    }

    /// <summary>Gives back what a failed allocation took, each block in the state it was found in.</summary>
    private void UndoTake(BuddyBlockList taken)
    {
        uint slot = taken.BlockCount == 0 ? BuddyBlockTable.None : taken.Head.Slot;
        while (slot != BuddyBlockTable.None)
        {
            uint next = _table[slot].Next;
            FreeSlot(slot, _table.PlaceOf(slot).IsCleared ? _cleared : _dirty);
            slot = next;
        }

        Debug.Assert(_freeChunks <= _chunkCount, "What is undone was taken.");
    }
}
