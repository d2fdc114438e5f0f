using System;
using System.Globalization;
using System.Text;

namespace GpuMm.Ranges;

/// <summary>What can be said of a buddy allocator: totals, a dump, leaks, and whether every invariant holds.</summary>
public sealed partial class BuddyAllocator
{
    private const int MaxLeaksNamed = 32;

    /// <summary>Number of free blocks of one order and state. Cost: O(blocks counted).</summary>
    /// <param name="order">0 to <see cref="MaxOrder"/>.</param>
    /// <param name="isCleared">Which state.</param>
    public ulong FreeBlockCount(int order, bool isCleared)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)order, (uint)MaxOrder, nameof(order));
        return (isCleared ? _cleared : _dirty).Count(order);
    }

    /// <summary>Size of the largest free run, across block borders and states, bytes. Cost: O(free blocks).</summary>
    public ulong LargestFreeBytes()
    {
        ulong largest = 0;
        ulong chunk = 0;
        while (TryNextFree(chunk, out chunk))
        {
            ulong end = FreeRunEnd(chunk, _chunkCount);
            largest = Math.Max(largest, end - chunk);
            chunk = end;
        }

        return largest << _chunkShift;
    }

    /// <summary>Totals, then one line per order, largest first, with its free blocks of each state.</summary>
    /// <returns>Lines that end in a line feed. Cost: O(free blocks).</returns>
    public string Dump()
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"buddy: chunk {ChunkBytes >> 10} KiB, size {SizeBytes >> 10} KiB, free {FreeBytes >> 10} KiB, ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"cleared {ClearedFreeBytes >> 10} KiB, largest run {LargestFreeBytes() >> 10} KiB, live {LiveBlockCount}\n");
        for (int order = MaxOrder; order >= 0; order--)
        {
            ulong cleared = _cleared.Count(order);
            ulong dirty = _dirty.Count(order);
            ulong blockKib = (ChunkBytes >> 10) << order;
            text.Append(
                CultureInfo.InvariantCulture,
                $"order-{order,2} of {blockKib,12} KiB: free {(cleared + dirty) * blockKib,14} KiB, ");
            text.Append(CultureInfo.InvariantCulture, $"{dirty,8} dirty, {cleared,8} cleared\n");
        }

        return text.ToString();
    }

    /// <summary>Ends the allocator: reports what was never freed. Every name and list is stale afterwards, and every
    /// request is <see cref="MmStatus.InvalidArgument"/>.</summary>
    /// <returns>Null when nothing was live, otherwise one line per leaked block, at most 32 of them, and a total.</returns>
    public string? TakeDown()
    {
        StringBuilder? leaks = null;
        int leakCount = 0;
        ulong leakedChunks = _chunkCount - _freeChunks;
        for (uint slot = 0; slot < (uint)_table.MadeCount; slot++)
        {
            if (!_table.IsLiveSlot(slot))
            {
                continue;
            }

            leaks ??= new StringBuilder();
            BuddyBlockInfo info = InfoOfSlot(slot, out _);
            if (leakCount++ < MaxLeaksNamed)
            {
                leaks.Append(CultureInfo.InvariantCulture, $"leaked {info.Range}, order {info.Order}\n");
            }

            FreeSlot(slot, _dirty);
        }

        leaks?.Append(CultureInfo.InvariantCulture, $"leaked {leakCount} blocks, {leakedChunks << _chunkShift} bytes\n");
        ResetCleared(isCleared: false);
        ulong start = 0;
        while (start < _chunkCount)
        {
            int order = PieceOrder(start, _chunkCount);
            _dirty.Remove(order, start >> order); // the roots, whole again
            start += 1ul << order;
        }

        _chunkCount = 0;
        _freeChunks = 0;
        return leaks?.ToString();
    }

    /// <summary>Checks every invariant.</summary>
    /// <returns>Null when all hold, otherwise a sentence that names the first that does not. Cost: O(n log n).</returns>
    public string? Validate()
    {
        string? error = ValidateTable(out BuddyPlace[] places) ?? _dirty.Validate() ?? _cleared.Validate();
        if (error is not null)
        {
            return error;
        }

        ulong freeChunks = 0;
        ulong clearedChunks = 0;
        ulong blocksSeen = 0;
        int nextLive = 0;
        ulong chunk = 0;
        while (chunk < _chunkCount)
        {
            bool isTaken = nextLive < places.Length && places[nextLive].OffsetChunks == chunk;
            bool isFree = TryCover(chunk, out FreeBlockIndex free, out int order);
            if (isTaken == isFree)
            {
                return $"chunk {chunk} is {(isTaken ? "both taken and free" : "neither taken nor free")}";
            }

            if (isTaken)
            {
                order = places[nextLive++].Order;
            }
            else
            {
                blocksSeen++;
                freeChunks += 1ul << order;
                clearedChunks += ReferenceEquals(free, _cleared) ? 1ul << order : 0;
                if (order < MaxOrder && free.Contains(order, (chunk >> order) ^ 1))
                {
                    return $"the free block at chunk {chunk}, order {order}, was not joined with its buddy";
                }
            }

            if ((chunk & ((1ul << order) - 1)) != 0)
            {
                return $"the block at chunk {chunk} does not start at a multiple of its size, order {order}";
            }

            chunk += 1ul << order;
        }

        return ValidateTotals(chunk, freeChunks, clearedChunks, blocksSeen);
    }

    private string? ValidateTotals(ulong end, ulong freeChunks, ulong clearedChunks, ulong blocksSeen)
    {
        ulong blocks = 0;
        for (int order = 0; order <= MaxOrder; order++)
        {
            blocks += _dirty.Count(order) + _cleared.Count(order);
        }

        return end != _chunkCount ? "the last block ends outside the space"
            : freeChunks != _freeChunks ? $"{_freeChunks} chunks are counted free, but {freeChunks} are"
            : clearedChunks != _clearedChunks ? $"{_clearedChunks} chunks are counted cleared, but {clearedChunks} are"
            : blocks != blocksSeen ? $"{blocks} blocks are marked free, but {blocksSeen} cover the free space"
            : null;
    }

    /// <summary>Checks the slots and hands out the places of the live blocks in address order.</summary>
    private string? ValidateTable(out BuddyPlace[] places)
    {
        places = new BuddyPlace[_table.LiveCount];
        int live = 0;
        for (uint slot = 0; slot < (uint)_table.MadeCount; slot++)
        {
            if (!_table.IsLiveSlot(slot))
            {
                continue;
            }

            if (live == places.Length)
            {
                return "more slots are live than are counted";
            }

            places[live++] = _table.PlaceOf(slot);
            uint next = _table[slot].Next;
            if (next != BuddyBlockTable.None && (!_table.IsLiveSlot(next) || !_table[next].IsFollower))
            {
                return $"the block in slot {slot} is linked to one that is not live or not linked";
            }
        }

        Array.Sort(places, static (a, b) => a.Packed.CompareTo(b.Packed));
        return live == places.Length && _table.CountFreeSlots() == _table.MadeCount - live
            ? null
            : "every slot is either live or on the free stack";
    }

    /// <summary>The first free chunk at or above one.</summary>
    private bool TryNextFree(ulong chunk, out ulong found)
    {
        found = ulong.MaxValue;
        if (chunk < _chunkCount && TryCover(chunk, out _, out _))
        {
            found = chunk;
            return true;
        }

        for (int order = 0; order <= MaxOrder && chunk < _chunkCount; order++)
        {
            if (_dirty.TryLowestAtOrAbove(order, chunk >> order, out ulong index))
            {
                found = Math.Min(found, index << order);
            }

            if (_cleared.TryLowestAtOrAbove(order, chunk >> order, out index))
            {
                found = Math.Min(found, index << order);
            }
        }

        return found != ulong.MaxValue;
    }
}
