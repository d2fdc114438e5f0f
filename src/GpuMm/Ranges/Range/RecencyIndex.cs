using System;

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

    /// <summary>Builds the order from the stamps of the holes. Cost: O(holes log holes) and two arrays.</summary>
    public void Build(HoleTable table, ReadOnlySpan<RangeSegment> segments)
    {
        Reserve(table);
        _older[0] = 0;
        _newer[0] = 0;
        ulong[] stamps = new ulong[table.Count];
        int[] entries = new int[table.Count];
        int count = 0;
        for (int entry = 1; entry < table.UsedEntries; entry++)
        {
            if (table.Holes[entry].Size != 0)
            {
                stamps[count] = segments[table.Holes[entry].Segment].Stamp;
                entries[count++] = entry;
            }
        }

        Array.Sort(stamps, entries);
        foreach (int entry in entries)
        {
            Add(entry);
        }
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
}
