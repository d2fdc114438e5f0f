using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <content>Searches that need not be quick, counting, checking.</content>
internal sealed partial class FreeBlockIndex
{
    private const int AlignmentClasses = 64;

    // [order * AlignmentClasses + class]: 1 + an upper bound of the free indices that have exactly `class` trailing zeros.
    // Made when a block is first asked for at an alignment above its size.
    private ulong[] _alignmentBounds = [];

    /// <summary>The highest free block of an order whose index is at most a limit.</summary>
    internal bool TryHighestAtOrBelow(int order, ulong limit, out ulong index)
    {
        index = 0;
        if ((NonEmptyOrders & (1ul << order)) == 0)
        {
            return false;
        }

        Span<ulong> keys = Keys(order);
        int at = keys.Length - 1;
        while (at >= 0 && keys[at] - 1 > limit)
        {
            at--;
        }

        if (at < 0)
        {
            return _rest.TryHighestAtOrBelow(order, limit, out index);
        }

        index = keys[at] - 1;
        return true;
    }

    /// <summary>The lowest free block of an order whose index is at least a limit.</summary>
    internal bool TryLowestAtOrAbove(int order, ulong limit, out ulong index)
    {
        index = 0;
        if ((NonEmptyOrders & (1ul << order)) == 0)
        {
            return false;
        }

        if (_rest.TryLowestAtOrAbove(order, limit, out index))
        {
            return true;
        }

        foreach (ulong key in Keys(order))
        {
            if (key - 1 >= limit)
            {
                index = key - 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>The highest free block of an order whose index is a multiple of 2^<paramref name="step"/>.</summary>
    /// <remarks>
    /// Cost: the bounds per alignment answer "none" at once and make repeated searches start where the last one ended; in
    /// between, one step per free block that is not aligned.
    /// </remarks>
    internal bool TryHighestAligned(int order, int step, out ulong index)
    {
        if (_alignmentBounds.Length == 0)
        {
            _alignmentBounds = new ulong[(MaxOrder + 1) * AlignmentClasses];
            Array.Fill(_alignmentBounds, 1ul << 63); // above every index
            _isPlain = false;
        }

        Span<ulong> bounds = _alignmentBounds.AsSpan((order * AlignmentClasses) + step, AlignmentClasses - step);
        ulong bound = 0;
        foreach (ulong candidate in bounds)
        {
            bound = Math.Max(bound, candidate);
        }

        ulong mask = (1ul << step) - 1;
        index = 0;
        bool found = false;
        ulong limit = bound;
        while (limit != 0 && TryHighestAtOrBelow(order, limit - 1, out index))
        {
            found = (index & mask) == 0;
            if (found)
            {
                break;
            }

            limit = (index & ~mask) + 1;
        }

        ulong reached = found ? index + 1 : 0;
        foreach (ref ulong lowered in bounds)
        {
            lowered = Math.Min(lowered, reached);
        }

        return found;
    }

    /// <summary>Number of free blocks of an order. Cost: O(groups of the bitmap that hold one).</summary>
    internal ulong Count(int order) => (_tops.Length == 0 ? 0 : Top(order)) + _rest.Count(order);

    /// <summary>Checks tops, bitmap and bounds.</summary>
    /// <returns>Null, or what is wrong first. Cost: as <see cref="FreeBlockBitmap.Validate"/>.</returns>
    internal string? Validate()
    {
        string? error = _rest.Validate();
        for (int order = 0; order <= MaxOrder && error is null; order++)
        {
            error = ValidateTop(order) ?? ValidateBounds(order);
        }

        return error;
    }

    private string? ValidateTop(int order)
    {
        bool isNamed = ((NonEmptyOrders >> order) & 1) != 0;
        if (isNamed != (_tops.Length != 0 && Top(order) != 0))
        {
            return $"order {order}: the mask of non-empty orders disagrees with the top";
        }

        ulong below = _rest.TryHighestAtOrBelow(order, ulong.MaxValue >> 1, out ulong highest) ? highest + 1 : 0;
        if (!isNamed)
        {
            return below == 0 ? null : $"order {order}: block {highest} is in the bitmap, and the top is empty";
        }

        ulong floor = Unsafe.Add(ref Top(order), FloorAt);
        if (Unsafe.Add(ref Top(order), FirstKey - 1) != 0 || below > floor || floor > Keys(order)[0])
        {
            return $"order {order}: the end of the top is overwritten, or the floor is not between top and bitmap";
        }

        foreach (ulong key in Keys(order))
        {
            if (key <= below)
            {
                return $"order {order}: block {key - 1} of the top is not above the one before it";
            }

            below = key;
        }

        return null;
    }

    private string? ValidateBounds(int order)
    {
        ulong from = 0;
        while (_alignmentBounds.Length != 0 && TryLowestAtOrAbove(order, from, out ulong index))
        {
            if (index >= _alignmentBounds[(order * AlignmentClasses) + ClassOf(index)])
            {
                return $"order {order}: block {index} lies above the bound of its alignment";
            }

            from = index + 1;
        }

        return null;
    }

    private static int ClassOf(ulong index) => BitOperations.TrailingZeroCount(index | (1ul << (AlignmentClasses - 1)));

    private void NoteAlignment(int order, ulong index)
    {
        if (_alignmentBounds.Length != 0)
        {
            ref ulong bound = ref _alignmentBounds[(order * AlignmentClasses) + ClassOf(index)];
            bound = Math.Max(bound, index + 1);
        }
    }
}
