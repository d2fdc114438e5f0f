using System.Diagnostics;

namespace GpuMm.Ranges;

/// <summary>Joining blocks of different states under need, and re-labelling.</summary>
public sealed partial class BuddyAllocator
{
    /// <summary>Calls all free bytes cleared, or all of them dirty, and joins what is then alike.</summary>
    /// <param name="isCleared">The state that every free block gets; false after the contents were lost.</param>
    /// <remarks>Live blocks keep what is known of them. Cost: O(free blocks of the other state).</remarks>
    public void ResetCleared(bool isCleared)
    {
        FreeBlockIndex from = isCleared ? _dirty : _cleared;
        FreeBlockIndex to = OtherThan(from);
        for (int order = 0; order <= MaxOrder; order++)
        {
            while ((from.NonEmptyOrders & (1ul << order)) != 0)
            {
                ulong index = from.Highest(order);
                from.Remove(order, index);
                to.Join(order, index);
            }
        }

        _clearedChunks = isCleared ? _freeChunks : 0;
        AssertInvariants();
    }

    /// <summary>Counts the places of the plan's least block that are wholly free, but of both states.</summary>
    /// <param name="plan">The request; when it is called, no free block holds such a place.</param>
    /// <param name="enough">Stops counting here.</param>
    private ulong CountJoinable(in BuddyPlan plan, ulong enough)
    {
        ulong count = 0;
        for (int order = plan.MinOrder - 1; order >= 0 && count < enough; order--)
        {
            ulong limit = (ulong.MaxValue >> 1) >> order;
            while (count < enough && TryNextJoinable(plan, order, ref limit, out _))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Makes one dirty block of at least the plan's least order out of blocks of both states.</summary>
    private void JoinOne(in BuddyPlan plan)
    {
        for (int order = plan.MinOrder - 1; order >= 0; order--)
        {
            ulong limit = (ulong.MaxValue >> 1) >> order;
            if (TryNextJoinable(plan, order, ref limit, out ulong place))
            {
                ulong chunk = place << plan.MinOrder;
                ulong end = chunk + (1ul << plan.MinOrder);
                while (chunk < end)
                {
                    bool covered = TryCover(chunk, out FreeBlockIndex free, out int pieceOrder);
                    Debug.Assert(covered, "The place was found free.");
                    free.Remove(pieceOrder, chunk >> pieceOrder);
                    chunk += 1ul << pieceOrder;
                    _clearedChunks -= ReferenceEquals(free, _cleared) ? 1ul << pieceOrder : 0;
                }

                _dirty.Join(plan.MinOrder, place);
                return;
            }
        }

        Debug.Fail("A place to join was counted before.");
    }

    /// <summary>The next place, downward, whose largest cleared block has the given order.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="order">Below the plan's least order.</param>
    /// <param name="limit">Index of the highest cleared block to look at; lowered behind the answer.</param>
    /// <param name="place">Index of the place, in blocks of the plan's least order.</param>
    private bool TryNextJoinable(in BuddyPlan plan, int order, ref ulong limit, out ulong place)
    {
        int up = plan.MinOrder - order;
        place = 0;
        bool isMore = limit != ulong.MaxValue;
        while (isMore && _cleared.TryHighestAtOrBelow(order, limit, out ulong index))
        {
            place = index >> up;
            isMore = place != 0;
            limit = isMore ? (place << up) - 1 : ulong.MaxValue; // no block has that index: the walk is over
            if (MayUse(plan, place) && IsWhollyFree(place, plan.MinOrder, order))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayUse(in BuddyPlan plan, ulong place)
    {
        ulong start = place << plan.MinOrder;
        ulong end = start + (1ul << plan.MinOrder);
        bool inWindow = !plan.Has(BuddyFlags.Range) || (start >= plan.StartChunk && end <= plan.EndChunk);
        return inWindow && end <= _chunkCount && (start & ((1ul << plan.AlignOrder) - 1)) == 0;
    }

    private bool IsWhollyFree(ulong place, int placeOrder, int largestClearedOrder)
    {
        ulong chunk = place << placeOrder;
        ulong end = chunk + (1ul << placeOrder);
        while (chunk < end)
        {
            if (!TryCover(chunk, out FreeBlockIndex free, out int order) ||
                (order > largestClearedOrder && ReferenceEquals(free, _cleared)))
            {
                return false;
            }

            chunk += 1ul << order;
        }

        return true;
    }
}
