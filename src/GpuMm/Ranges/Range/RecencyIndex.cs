using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>Holes in the order in which they last changed, with the largest size of each stretch of it.</summary>
/// <remarks>
/// A hole that changes goes to the end of a row and leaves a gap; when the row is full, the gaps are closed. Over the row
/// stands a tree of <see cref="Fan"/> to one with the largest size below each, so that a search passes what is too small
/// without looking at it. Sizes of single holes are those of the table. Cost: O(log holes) per call, amortised.
/// </remarks>
internal sealed class RecencyIndex
{
    private const int FanBits = 4;
    private const int Fan = 1 << FanBits;
    private const int MaxLevels = 8; // 16^8 places

    private readonly HoleTable _table;
    private readonly int[] _levelStarts = new int[MaxLevels]; // where each level of the tree begins, lowest first
    private int[] _row = []; // place to hole, 0 for a gap; places from _end on are gaps
    private int[] _places = []; // hole to place
    private ulong[] _largest = [];
    private int _levels;
    private int _end;
    private int _count;

    public RecencyIndex(HoleTable table) => _table = table;

    public long MetadataBytes =>
        (sizeof(int) * (_row.LongLength + _places.LongLength)) + (sizeof(ulong) * _largest.LongLength);

    /// <summary>The hole that changed last of those with at least so many bytes; 0 when there is none.</summary>
    public int Newest(ulong size) => LastBefore(_end, size);

    /// <summary>The one that changed before it, of those with at least so many bytes; 0 behind the last.</summary>
    public int OlderThan(int entry, ulong size) => LastBefore(_places[entry], size);

    /// <summary>A hole changed just now, or is new. It has its size in the table.</summary>
    public void Add(int entry)
    {
        if (_end == _row.Length)
        {
            CloseGaps();
        }

        if (entry >= _places.Length)
        {
            Array.Resize(ref _places, _table.Holes.Length);
        }

        ulong size = _table.Holes[entry].Size;
        int at = _end++;
        _row[at] = entry;
        _places[entry] = at;
        _count++;
        for (int level = 0; level < _levels; level++)
        {
            at >>= FanBits;
            ref ulong largest = ref _largest[_levelStarts[level] + at];
            if (largest >= size)
            {
                return;
            }

            largest = size;
        }
    }

    /// <summary>Takes a hole out, which still has the size with which it was added.</summary>
    public void Remove(int entry)
    {
        ulong size = _table.Holes[entry].Size;
        int at = _places[entry];
        _row[at] = 0;
        _end -= at == _end - 1 ? 1 : 0;
        _count--;
        for (int level = 0; level < _levels; level++)
        {
            at >>= FanBits;
            ref ulong largest = ref _largest[_levelStarts[level] + at];
            if (largest != size)
            {
                return;
            }

            largest = LargestOf(level, at);
        }
    }

    /// <summary>Builds the order from the stamps of the holes. Cost: O(holes log holes).</summary>
    public void Build(ReadOnlySpan<RangeSegment> segments)
    {
        _count = _table.Count;
        _end = 0;
        MakeRow();
        if (_places.Length < _table.Holes.Length)
        {
            _places = new int[_table.Holes.Length];
        }

        for (int entry = 1; entry < _table.UsedEntries; entry++)
        {
            if (_table.Holes[entry].Size != 0)
            {
                _row[_end++] = entry;
            }
        }

        Debug.Assert(_end == _count, "The table counts its holes.");
        SortByAge(_row.AsSpan(0, _end), _table.Holes, segments);
        FillTree();
    }

    /// <summary>Null, or what is wrong. Cost: O(holes).</summary>
    public string? Validate(ReadOnlySpan<RangeSegment> segments)
    {
        int count = 0;
        ulong stamp = 0;
        for (int at = 0; at < _row.Length; at++)
        {
            int entry = _row[at];
            if (entry == 0)
            {
                continue;
            }

            ulong previous = stamp;
            stamp = segments[_table.Holes[entry].Segment].Stamp;
            if (at >= _end || _table.Holes[entry].Size == 0 || _places[entry] != at || stamp <= previous)
            {
                return "The recency index names an entry that is no hole, or is out of order.";
            }

            count++;
        }

        for (int level = 0; level < _levels; level++)
        {
            for (int at = 0; at < LengthOf(level); at++)
            {
                if (_largest[_levelStarts[level] + at] != LargestOf(level, at))
                {
                    return $"The recency index has a wrong largest size, level {level}, place {at}.";
                }
            }
        }

        return count == _table.Count && count == _count
            ? null
            : $"The recency index finds {count} of {_table.Count} holes.";
    }

    private int LengthOf(int level) => ((_row.Length - 1) >> (FanBits * (level + 1))) + 1;

    /// <summary>The largest size below one entry of the tree, from what is below it.</summary>
    private ulong LargestOf(int level, int at)
    {
        ulong largest = 0;
        if (level == 0)
        {
            foreach (int entry in _row.AsSpan(at << FanBits, Fan))
            {
                largest = Math.Max(largest, entry == 0 ? 0 : _table.Holes[entry].Size);
            }

            return largest;
        }

        int first = at << FanBits;
        int length = Math.Min(Fan, LengthOf(level - 1) - first);
        foreach (ulong size in _largest.AsSpan(_levelStarts[level - 1] + first, length))
        {
            largest = Math.Max(largest, size);
        }

        return largest;
    }

    /// <summary>The last hole before a place with at least so many bytes.</summary>
    private int LastBefore(int place, ulong size)
    {
        // Up, until something to the left under the same parent is large enough; then down to the last such place.
        int level = -1;
        int at = place - 1;
        while (!TryLast(level, ref at, size))
        {
            at = (at >> FanBits) - 1; // all up to the first under this parent were too small
            if (at < 0 || ++level == _levels)
            {
                return 0;
            }
        }

        while (level >= 0)
        {
            at = (at << FanBits) + (Fan - 1);
            level--;
            at = level < 0 ? at : Math.Min(at, LengthOf(level) - 1);
            bool found = TryLast(level, ref at, size);
            Debug.Assert(found, "The tree says that one is large enough.");
        }

        return _row[at];
    }

    /// <summary>Goes down from an entry of a level, or of the row (-1), to the first under its parent.</summary>
    private bool TryLast(int level, ref int at, ulong size)
    {
        for (int first = at & -Fan; at >= first && at >= 0; at--)
        {
            if (SizeAt(level, at) >= size)
            {
                return true;
            }
        }

        at++;
        return false;
    }

    private ulong SizeAt(int level, int at)
    {
        if (level >= 0)
        {
            return _largest[_levelStarts[level] + at];
        }

        return _row[at] == 0 ? 0 : _table.Holes[_row[at]].Size;
    }

    /// <summary>Moves the holes together in their order; the row grows when they fill most of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseGaps()
    {
        int end = 0;
        foreach (int entry in _row)
        {
            if (entry != 0)
            {
                _row[end++] = entry;
            }
        }

        _row.AsSpan(end).Clear();
        _end = end;
        MakeRow();
        FillTree();
    }

    /// <summary>Makes the row so long that as many changes as half of the holes pass before it is full again.</summary>
    private void MakeRow()
    {
        int length = _row.Length;
        if (length < _count + (_count / 2) + Fan)
        {
            length = (_count + _count + (4 * Fan)) & -Fan;
            Array.Resize(ref _row, length);
        }

        _row.AsSpan(_end).Clear();
        _levels = 0;
        int words = 0;
        do
        {
            _levelStarts[_levels] = words;
            words += LengthOf(_levels);
            _levels++;
        }
        while (LengthOf(_levels - 1) > 1);

        if (_largest.Length < words)
        {
            _largest = new ulong[words];
        }
    }

    private void FillTree()
    {
        for (int at = 0; at < _end; at++)
        {
            _places[_row[at]] = at;
        }

        for (int level = 0; level < _levels; level++)
        {
            for (int at = 0; at < LengthOf(level); at++)
            {
                _largest[_levelStarts[level] + at] = LargestOf(level, at);
            }
        }
    }

    /// <summary>Heapsort, oldest first: needs no memory, and no delegate.</summary>
    private static void SortByAge(Span<int> entries, RangeHole[] holes, ReadOnlySpan<RangeSegment> segments)
    {
        for (int root = (entries.Length / 2) - 1; root >= 0; root--)
        {
            SiftDown(entries, root, holes, segments);
        }

        for (int last = entries.Length - 1; last > 0; last--)
        {
            (entries[0], entries[last]) = (entries[last], entries[0]);
            SiftDown(entries[..last], 0, holes, segments);
        }
    }

    /// <summary>Lets an entry sink below every later one.</summary>
    private static void SiftDown(Span<int> entries, int root, RangeHole[] holes, ReadOnlySpan<RangeSegment> segments)
    {
        int entry = entries[root];
        ulong stamp = segments[holes[entry].Segment].Stamp;
        for (int child = (2 * root) + 1; child < entries.Length; child = (2 * root) + 1)
        {
            ulong childStamp = segments[holes[entries[child]].Segment].Stamp;
            if (child + 1 < entries.Length && segments[holes[entries[child + 1]].Segment].Stamp > childStamp)
            {
                child++;
                childStamp = segments[holes[entries[child]].Segment].Stamp;
            }

            if (childStamp <= stamp)
            {
                break;
            }

            entries[root] = entries[child];
            root = child;
        }

        entries[root] = entry;
    }
}
