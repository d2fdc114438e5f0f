using System;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>The searches of a buddy allocator beside its default one: in a window, from the top, at an alignment.</summary>
internal static class BuddySearch
{
    /// <summary>Chooses where a block goes among the free blocks of one state.</summary>
    /// <param name="free">The free blocks of that state.</param>
    /// <param name="plan">The request.</param>
    /// <param name="order">Order of the block.</param>
    /// <param name="foundOrder">Order of the free block to cut it from.</param>
    /// <param name="start">First chunk of the block.</param>
    internal static bool TryFind(FreeBlockIndex free, in BuddyPlan plan, int order, out int foundOrder, out ulong start)
    {
        bool topDown = plan.Has(BuddyFlags.TopDown);
        bool inWindow = plan.Has(BuddyFlags.Range);
        int alignOrder = plan.IsOffsetAligned ? plan.AlignOrder : order;
        foundOrder = 0;
        start = 0;
        bool found = false;
        for (ulong orders = free.NonEmptyOrders & ~((1ul << order) - 1); orders != 0; orders &= orders - 1)
        {
            int candidateOrder = BitOperations.TrailingZeroCount(orders);
            bool fits = inWindow
                ? TryFindInWindow(free, plan, order, candidateOrder, alignOrder, out ulong candidate)
                : TryFindHighest(free, order, candidateOrder, alignOrder, out candidate);
            if (!fits)
            {
                continue;
            }

            if (!found || (topDown ? candidate > start : candidate < start))
            {
                start = candidate;
                foundOrder = candidateOrder;
                found = true;
            }

            if (!inWindow && !topDown)
            {
                break; // the smallest order that fits decides
            }
        }

        return found;
    }

    private static bool TryFindHighest(FreeBlockIndex free, int order, int foundOrder, int alignOrder, out ulong start)
    {
        start = 0;
        if (foundOrder >= alignOrder)
        {
            start = ((free.Highest(foundOrder) + 1) << foundOrder) - (1ul << Math.Max(order, alignOrder));
            return true;
        }

        if (!free.TryHighestAligned(foundOrder, alignOrder - foundOrder, out ulong index))
        {
            return false;
        }

        start = index << foundOrder;
        return true;
    }

    /// <summary>The lowest (or highest) aligned place inside the window and inside a free block of one order.</summary>
    private static bool TryFindInWindow(
        FreeBlockIndex free,
        in BuddyPlan plan,
        int order,
        int foundOrder,
        int alignOrder,
        out ulong start)
    {
        ulong mask = (1ul << alignOrder) - 1;
        ulong sizeChunks = 1ul << order;
        start = 0;
        if (plan.EndChunk <= plan.StartChunk || plan.EndChunk - plan.StartChunk < sizeChunks)
        {
            return false;
        }

        ulong first = (plan.StartChunk + mask) & ~mask; // lowest place that may be
        ulong last = (plan.EndChunk - sizeChunks) & ~mask; // highest place that may be
        if (first > last)
        {
            return false;
        }

        return plan.Has(BuddyFlags.TopDown)
            ? TryFindDownward(free, foundOrder, mask, first, last, out start)
            : TryFindUpward(free, foundOrder, mask, first, last, out start);
    }

    private static bool TryFindUpward(
        FreeBlockIndex free,
        int foundOrder,
        ulong mask,
        ulong first,
        ulong last,
        out ulong start)
    {
        start = first;
        while (start <= last && free.TryLowestAtOrAbove(foundOrder, start >> foundOrder, out ulong index))
        {
            ulong blockStart = index << foundOrder;
            ulong place = (Math.Max(blockStart, start) + mask) & ~mask;
            if (place - blockStart < 1ul << foundOrder)
            {
                start = place;
                return place <= last;
            }

            start = place; // the block ends before the next aligned place: look from there
        }

        return false;
    }

    private static bool TryFindDownward(
        FreeBlockIndex free,
        int foundOrder,
        ulong mask,
        ulong first,
        ulong last,
        out ulong start)
    {
        start = last;
        while (free.TryHighestAtOrBelow(foundOrder, start >> foundOrder, out ulong index))
        {
            ulong blockStart = index << foundOrder;
            ulong blockLast = blockStart + ((1ul << foundOrder) - 1);
            ulong place = Math.Min(blockLast, start) & ~mask;
            if (place >= blockStart)
            {
                start = place;
                return place >= first;
            }

            if (place < first)
            {
                return false;
            }

            start = place;
        }

        return false;
    }
}
