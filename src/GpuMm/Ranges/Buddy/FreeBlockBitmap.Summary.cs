using System;
using System.Numerics;

namespace GpuMm.Ranges;

internal sealed partial class FreeBlockBitmap
{
    /// <summary>Number of free blocks of an order. Cost: O(groups that hold one).</summary>
    internal ulong Count(int order)
    {
        ref readonly OrderLayout layout = ref _layouts[order];
        ulong count = 0;
        ulong from = NonEmptyOrders == 0 ? layout.GroupCount : 0;
        while (from < layout.GroupCount && TryLowestGroup(order, from, out ulong group))
        {
            count += (uint)BitOperations.PopCount(Read(layout.WordOfGroup(group)) & layout.FieldMask);
            from = group + 1;
        }

        return count;
    }

    /// <summary>Checks that the summaries say what the records hold.</summary>
    /// <returns>Null, or what is wrong first. Cost: O(words) in flat form; O(free blocks) otherwise.</returns>
    internal string? Validate()
    {
        if (HasNoWords)
        {
            return NonEmptyOrders == 0 ? null : "an index without words has orders with free blocks";
        }

        for (int order = 0; order <= MaxOrder; order++)
        {
            ref readonly OrderLayout layout = ref _layouts[order];
            bool any = Read(_levelBases[(order * _levelCount) + _levelCount - 1]) != 0;
            if (any != (((NonEmptyOrders >> order) & 1) != 0))
            {
                return $"order {order}: the mask of non-empty orders disagrees with the summary";
            }

            for (ulong group = 0; _sparse is null && group < layout.GroupCount; group++)
            {
                bool holds = (Read(layout.WordOfGroup(group)) & layout.FieldMask) != 0;
                for (int level = 0; level < _levelCount && holds; level++)
                {
                    ulong at = group >> (6 * level);
                    if (((Read(_levelBases[(order * _levelCount) + level] + (at >> 6)) >> (int)(at & 63)) & 1) == 0)
                    {
                        return $"order {order}: level {level} of the summary hides group {group}, which has a free block";
                    }
                }
            }

            string? error = ValidateFound(order);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private string? ValidateFound(int order)
    {
        ref readonly OrderLayout layout = ref _layouts[order];
        ulong from = 0;
        while (from < layout.GroupCount && TryLowestGroup(order, from, out ulong group))
        {
            ulong field = Read(layout.WordOfGroup(group)) & layout.FieldMask;
            if (field == 0)
            {
                return $"order {order}: the summary names group {group}, which has no free block";
            }

            from = group + 1;
        }

        return null;
    }

    private static int LevelsFor(ulong chunkCount)
    {
        int levels = 1;
        for (ulong words = (((chunkCount - 1) >> TierOrders) / 64) + 1; words > 1; words = ((words - 1) / 64) + 1)
        {
            levels++;
        }

        return levels;
    }

    /// <summary>Fixes the place of every record and summary level, and says how many words that takes.</summary>
    private ulong LayOut(ulong chunkCount)
    {
        ulong words = 0;
        for (int order = 0; order <= MaxOrder; order++)
        {
            int place = order % TierOrders;
            int tierShift = (order / TierOrders * TierOrders) + TierOrders;
            ulong groups = ((chunkCount - 1) >> tierShift) + 1;
            ref OrderLayout layout = ref _layouts[order];
            if (place == 0)
            {
                layout.RecordBase = words;
                words += groups * 2;
            }
            else
            {
                // Word 1 of the records that the tier's lowest order has laid out.
                layout.RecordBase = _layouts[order - place].RecordBase + 1;
            }

            int fieldBits = 64 >> place;
            layout.GroupCount = groups;
            layout.GroupShift = TierOrders - place;
            layout.LocalMask = (uint)fieldBits - 1;
            layout.FieldShift = place == 0 ? 0 : 64 - (128 >> place); // 0, 32, 48, 56, 60: each field ends where the next starts
            layout.FieldMask = (ulong.MaxValue >> (64 - fieldBits)) << layout.FieldShift;
            ulong bits = groups;
            for (int level = 0; level < _levelCount; level++)
            {
                bits = (bits + 63) / 64;
                _levelBases[(order * _levelCount) + level] = words;
                words += bits;
            }
        }

        return words;
    }

    private void MarkGroup(int order, ulong group)
    {
        ReadOnlySpan<ulong> bases = _levelBases.AsSpan(order * _levelCount, _levelCount);
        NonEmptyOrders |= 1ul << order;
        if (_sparse is null)
        {
            ulong[] flat = _flat;
            foreach (ulong levelBase in bases)
            {
                flat[(int)(levelBase + (group >> 6))] |= 1ul << (int)(group & 63);
                group >>= 6;
            }

            return;
        }

        foreach (ulong levelBase in bases)
        {
            ulong at = levelBase + (group >> 6);
            Write(at, Read(at) | (1ul << (int)(group & 63)));
            group >>= 6;
        }
    }

    /// <summary>Clears a group's bit when it is empty, and the bits above as long as their words are.</summary>
    private void UnmarkGroup(int order, ulong group, bool isEmpty)
    {
        ReadOnlySpan<ulong> bases = _levelBases.AsSpan(order * _levelCount, _levelCount);
        ulong empty = isEmpty ? 1ul : 0;
        if (_sparse is null)
        {
            ulong[] flat = _flat;
            foreach (ulong levelBase in bases)
            {
                ref ulong word = ref flat[(int)(levelBase + (group >> 6))];
                word &= ~(empty << (int)(group & 63));
                empty = word == 0 ? 1ul : 0;
                group >>= 6;
            }
        }
        else
        {
            foreach (ulong levelBase in bases)
            {
                ulong at = levelBase + (group >> 6);
                ulong word = Read(at) & ~(empty << (int)(group & 63));
                Write(at, word);
                empty = word == 0 ? 1ul : 0;
                group >>= 6;
            }
        }

        NonEmptyOrders &= ~(empty << order);
    }

    private bool TryHighestGroup(int order, ulong from, out ulong group)
    {
        int bases = order * _levelCount;
        ulong word = Read(_levelBases[bases] + (from >> 6)) & (ulong.MaxValue >> (63 - (int)(from & 63)));
        int level = 0;
        group = from >> 6;
        while (word == 0)
        {
            level++;
            if (level >= _levelCount)
            {
                return false;
            }

            word = Read(_levelBases[bases + level] + (group >> 6)) & ((1ul << (int)(group & 63)) - 1);
            group >>= 6;
        }

        group = (group << 6) + (uint)BitOperations.Log2(word);
        while (level > 0)
        {
            level--;
            group = (group << 6) + (uint)BitOperations.Log2(Read(_levelBases[bases + level] + group));
        }

        return true;
    }

    private bool TryLowestGroup(int order, ulong from, out ulong group)
    {
        int bases = order * _levelCount;
        ulong word = Read(_levelBases[bases] + (from >> 6)) & (ulong.MaxValue << (int)(from & 63));
        int level = 0;
        group = from >> 6;
        while (word == 0)
        {
            level++;
            if (level >= _levelCount)
            {
                return false;
            }

            // Strictly above the word that was empty; shifting by 64 would shift by 0.
            ulong above = (group & 63) == 63 ? 0 : ulong.MaxValue << (int)((group & 63) + 1);
            word = Read(_levelBases[bases + level] + (group >> 6)) & above;
            group >>= 6;
        }

        group = (group << 6) + (uint)BitOperations.TrailingZeroCount(word);
        while (level > 0)
        {
            level--;
            group = (group << 6) + (uint)BitOperations.TrailingZeroCount(Read(_levelBases[bases + level] + group));
        }

        return true;
    }
}
