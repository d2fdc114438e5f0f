using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using GpuMm.Ranges;

namespace GpuMm.TestKit.Ranges;

/// <summary>
/// The buddy contract over an array of chunks: each is dirty, cleared or taken, and the free blocks are whatever largest
/// uniform blocks that array has. Slow, and plain enough to be read against the contract.
/// </summary>
public sealed class NaiveBuddyModel
{
    private readonly int _maxOrder;
    private Chunk[] _chunks;

    public NaiveBuddyModel(int chunkCount)
    {
        _chunks = new Chunk[chunkCount];
        _maxOrder = BitOperations.Log2((uint)chunkCount);
    }

    private enum Chunk : byte
    {
        Dirty,
        Cleared,
        Taken,
    }

    public int FreeChunks => _chunks.Count(chunk => chunk != Chunk.Taken);

    public int ClearedChunks => _chunks.Count(chunk => chunk == Chunk.Cleared);

    public int LargestRun
    {
        get
        {
            int largest = 0;
            int run = 0;
            foreach (Chunk chunk in _chunks)
            {
                run = chunk == Chunk.Taken ? 0 : run + 1;
                largest = Math.Max(largest, run);
            }

            return largest;
        }
    }

    public int CountFree(int order, bool isCleared) => FreeBlocks(isCleared).Count(block => block.Order == order);

    public MmStatus TryAllocate(int start, int end, int size, int min, BuddyFlags flags, out List<NaiveBuddyBlock> taken)
    {
        taken = [];
        int count = _chunks.Length;
        if (size < 1 || min < 1 || !BitOperations.IsPow2(min) || end > count || start >= count || size > count - start)
        {
            return MmStatus.InvalidArgument;
        }

        if (start + size == end)
        {
            return start % min != 0 || end % min != 0 ? MmStatus.InvalidArgument : TryExact(start, size, taken);
        }

        bool contiguous = flags.HasFlag(BuddyFlags.Contiguous);
        int align = min;
        int rounded;
        int least;
        if (contiguous)
        {
            rounded = least = (int)BitOperations.RoundUpToPowerOf2((uint)size);
            align = Math.Max(align, rounded);
        }
        else if (size < min && BitOperations.IsPow2(size))
        {
            rounded = least = size;
        }
        else
        {
            rounded = (size + min - 1) / min * min;
            least = min;
        }

        bool mayTryHarder = contiguous && !flags.HasFlag(BuddyFlags.Range);
        if (rounded > count && !mayTryHarder)
        {
            return MmStatus.InvalidArgument;
        }

        Chunk[] before = [.. _chunks];
        if (rounded <= count && TryBlocks(start, end, size, rounded, least, align, flags, taken))
        {
            return MmStatus.Ok;
        }

        _chunks = before;
        taken.Clear();
        return mayTryHarder && TryHarder(size, min, flags, out int run) ? TryExact(run, size, taken) : MmStatus.NoSpace;
    }

    public void Free(IEnumerable<NaiveBuddyBlock> blocks, bool isCleared)
    {
        foreach (NaiveBuddyBlock block in blocks)
        {
            Fill(block.Start, 1 << block.Order, isCleared ? Chunk.Cleared : Chunk.Dirty);
        }
    }

    public MmStatus TryTrim(int? start, int newSize, List<NaiveBuddyBlock> blocks)
    {
        if (blocks.Count != 1 || newSize <= 0 || newSize > 1 << blocks[0].Order)
        {
            return MmStatus.InvalidArgument;
        }

        NaiveBuddyBlock block = blocks[0];
        int size = 1 << block.Order;
        int keep = start ?? block.Start;
        if (newSize == size)
        {
            return MmStatus.Ok;
        }

        if (keep < block.Start || keep + newSize > block.Start + size)
        {
            return MmStatus.InvalidArgument;
        }

        Free([block], block.IsCleared);
        blocks.Clear();
        TryExact(keep, newSize, blocks);
        return MmStatus.Ok;
    }

    public void ResetCleared(bool isCleared) =>
        _chunks = [.. _chunks.Select(chunk => chunk == Chunk.Taken ? chunk : isCleared ? Chunk.Cleared : Chunk.Dirty)];

    private bool TryBlocks(
        int start,
        int end,
        int size,
        int rounded,
        int least,
        int align,
        BuddyFlags flags,
        List<NaiveBuddyBlock> taken)
    {
        int left = rounded;
        int order = BitOperations.Log2((uint)left);
        while (left > 0)
        {
            order = Math.Min(order, BitOperations.Log2((uint)left));
            int at;
            while ((at = Find(start, end, 1 << order, least, align, flags)) < 0)
            {
                if (1 << order > least)
                {
                    order--;
                }
                else if (!JoinOne(start, end, least, align, flags))
                {
                    return false;
                }
            }

            left -= 1 << order;
            int excess = left > 0 || flags.HasFlag(BuddyFlags.KeepRounding) ? 0 : rounded - size;
            TakePieces(at, at + (1 << order) - excess, taken);
        }

        return true;
    }

    /// <summary>Preferred state, then smallest free block, then highest address; in a window the lowest address.</summary>
    private int Find(int start, int end, int size, int least, int align, BuddyFlags flags)
    {
        bool isRange = flags.HasFlag(BuddyFlags.Range);
        bool isTopDown = flags.HasFlag(BuddyFlags.TopDown);
        int step = align > least ? align : size;
        bool preferCleared = flags.HasFlag(BuddyFlags.PreferCleared);
        foreach (bool isCleared in new[] { preferCleared, !preferCleared })
        {
            IEnumerable<(int Order, int Place)> places =
                from block in FreeBlocks(isCleared)
                let blockSize = 1 << block.Order
                where blockSize >= size
                from place in Enumerable.Range(0, blockSize / size).Select(i => block.Start + (i * size))
                where place % step == 0
                where !isRange || (place >= start && place + size <= end)
                select (block.Order, Place: place);
            IEnumerable<(int Order, int Place)> chosen = isTopDown
                ? places.OrderByDescending(place => place.Place)
                : isRange
                    ? places.OrderBy(place => place.Place)
                    : places.OrderBy(place => place.Order).ThenByDescending(place => place.Place);
            foreach ((int _, int place) in chosen)
            {
                return place;
            }
        }

        return -1;
    }

    private bool JoinOne(int start, int end, int least, int align, BuddyFlags flags)
    {
        bool isRange = flags.HasFlag(BuddyFlags.Range);
        int place = Enumerable.Range(0, _chunks.Length / least)
            .Select(i => i * least)
            .Where(at => at % align == 0 && (!isRange || (at >= start && at + least <= end)))
            .Where(at => Enumerable.Range(at, least).All(chunk => _chunks[chunk] != Chunk.Taken))
            .OrderByDescending(at => LargestCleared(at, least))
            .ThenByDescending(at => at)
            .FirstOrDefault(-1);
        if (place >= 0)
        {
            Fill(place, least, Chunk.Dirty);
        }

        return place >= 0;
    }

    private int LargestCleared(int at, int size) => FreeBlocks(isCleared: true)
        .Where(block => block.Start >= at && block.Start < at + size)
        .Max(block => block.Order);

    private bool TryHarder(int size, int min, BuddyFlags flags, out int run)
    {
        int order = BitOperations.Log2((uint)size);
        bool preferCleared = flags.HasFlag(BuddyFlags.PreferCleared);
        foreach (bool isCleared in new[] { preferCleared, !preferCleared })
        {
            foreach (NaiveBuddyBlock block in FreeBlocks(isCleared)
                .Where(block => order > 0 && block.Order == order)
                .OrderByDescending(block => block.Start))
            {
                int filled = Enumerable.Range(block.Start, Math.Min(size, _chunks.Length - block.Start))
                    .TakeWhile(chunk => _chunks[chunk] != Chunk.Taken)
                    .Count();
                run = block.Start - ((size - filled + min - 1) / min * min);
                if (run >= 0 && run % min == 0 &&
                    Enumerable.Range(run, block.Start - run).All(chunk => _chunks[chunk] != Chunk.Taken))
                {
                    return true;
                }
            }
        }

        run = -1;
        return false;
    }

    private MmStatus TryExact(int start, int size, List<NaiveBuddyBlock> taken)
    {
        if (Enumerable.Range(start, size).Any(chunk => _chunks[chunk] == Chunk.Taken))
        {
            return MmStatus.Overlap;
        }

        // A block that is given out lies within one free block.
        List<NaiveBuddyBlock> free = [.. FreeBlocks(isCleared: false).Concat(FreeBlocks(isCleared: true))];
        foreach (NaiveBuddyBlock block in free.OrderBy(block => block.Start))
        {
            int from = Math.Max(start, block.Start);
            int to = Math.Min(start + size, block.Start + (1 << block.Order));
            TakePieces(from, to, taken);
        }

        return MmStatus.Ok;
    }

    private void TakePieces(int from, int to, List<NaiveBuddyBlock> taken)
    {
        while (from < to)
        {
            int order = 0;
            while (from % (2 << order) == 0 && from + (2 << order) <= to)
            {
                order++;
            }

            taken.Add(new NaiveBuddyBlock(from, order, _chunks[from] == Chunk.Cleared));
            Fill(from, 1 << order, Chunk.Taken);
            from += 1 << order;
        }
    }

    private void Fill(int from, int size, Chunk state) => Array.Fill(_chunks, state, from, size);

    private List<NaiveBuddyBlock> FreeBlocks(bool isCleared)
    {
        List<NaiveBuddyBlock> found = [];
        Collect(0, _maxOrder + 1, isCleared ? Chunk.Cleared : Chunk.Dirty, found);
        return found;
    }

    private void Collect(int start, int order, Chunk state, List<NaiveBuddyBlock> found)
    {
        int size = 1 << order;
        if (start >= _chunks.Length)
        {
            return;
        }

        if (start + size <= _chunks.Length && _chunks.Skip(start).Take(size).All(chunk => chunk == state))
        {
            found.Add(new NaiveBuddyBlock(start, order, state == Chunk.Cleared));
        }
        else if (order > 0)
        {
            Collect(start, order - 1, state, found);
            Collect(start + (size / 2), order - 1, state, found);
        }
    }
}
