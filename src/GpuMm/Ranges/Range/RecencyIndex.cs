using System;
using System.Diagnostics;

namespace GpuMm.Ranges;

/// <summary>Holes ordered by when they last changed: a ring through two arrays, entry 0 between newest and oldest.</summary>
internal sealed class RecencyIndex
{
    private int[] _older = new int[1];
    private int[] _newer = new int[1];

    public long MetadataBytes => (long)(_older.Length + _newer.Length) * sizeof(int);

    /// <summary>The hole that changed last; 0 when there is none.</summary>
    public int Newest => _older[0];

    /// <summary>The hole that changed before this one; 0 behind the last.</summary>
    public int OlderThan(int entry) => _older[entry];

    /// <summary>A hole changed just now, or is new.</summary>
    public void Add(int entry)
    {
        int newest = _older[0];
        _older[entry] = newest;
        _newer[entry] = 0;
        _newer[newest] = entry;
        _older[0] = entry;
    }

    public void Remove(int entry)
    {
        _older[_newer[entry]] = _older[entry];
        _newer[_older[entry]] = _newer[entry];
    }

    /// <summary>Makes room for every entry that the table can hold now.</summary>
    public void Reserve(HoleTable table)
    {
        if (_older.Length < table.Holes.Length)
        {
            Array.Resize(ref _older, table.Holes.Length);
            Array.Resize(ref _newer, table.Holes.Length);
        }
    }

    /// <summary>Builds the order from the stamps of the holes. Cost: O(holes log holes).</summary>
    public void Build(HoleTable table, ReadOnlySpan<RangeSegment> segments)
    {
        Reserve(table);
        Span<int> entries = _newer.AsSpan(0, table.Count);
        int count = 0;
        for (int entry = 1; entry < table.UsedEntries; entry++)
        {
            if (table.Holes[entry].Size != 0)
            {
                entries[count++] = entry;
            }
        }

        Debug.Assert(count == entries.Length, "The table counts its holes.");
        SortByAge(entries, table.Holes, segments);
        _older[0] = 0;
        foreach (int entry in entries)
        {
            _older[entry] = _older[0];
            _older[0] = entry;
        }

        // The sorted entries are not needed any more; their array gets what it is for.
        int newer = 0;
        for (int entry = Newest; entry != 0; entry = _older[entry])
        {
            _newer[entry] = newer;
            newer = entry;
        }

        _newer[0] = newer;
    }

    /// <summary>Null, or what is wrong. Cost: O(holes).</summary>
    public string? Validate(HoleTable table, ReadOnlySpan<RangeSegment> segments)
    {
        int count = 0;
        ulong stamp = ulong.MaxValue;
        for (int entry = Newest; entry != 0; entry = _older[entry])
        {
            ulong previous = stamp;
            stamp = segments[table.Holes[entry].Segment].Stamp;
            if (count++ == table.Count || table.Holes[entry].Size == 0 || stamp >= previous)
            {
                return "The recency index names an entry that is no hole, or is out of order.";
            }
        }

        return count == table.Count ? null : $"The recency index finds {count} of {table.Count} holes.";
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
