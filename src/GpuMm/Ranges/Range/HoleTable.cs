using System;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>The holes of one allocator, by entry number; entry 0 is never used and means "none".</summary>
internal sealed class HoleTable
{
    private const int FirstCapacity = 16;

    private RangeHole[] _holes;
    private int _unused;
    private int _used = 1;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Holes to make room for at once.</param>
    public HoleTable(int capacity) => _holes = HugePages.Make<RangeHole>(Math.Max(capacity + 1, FirstCapacity));

    /// <summary>Number of holes.</summary>
    public int Count { get; private set; }

    /// <summary>Every entry, unused ones included.</summary>
    public RangeHole[] Holes => _holes;

    /// <summary>Entries that were ever used, entry 0 included.</summary>
    public int UsedEntries => _used;

    /// <summary>Holes that there is room for.</summary>
    public int Capacity => _holes.Length - 1;

    public long MetadataBytes => (long)_holes.Length * Unsafe.SizeOf<RangeHole>();

    /// <summary>Makes sure that the next <see cref="Add"/> needs no memory.</summary>
    public void Reserve()
    {
        if (_unused == 0 && _used == _holes.Length)
        {
            Grow();
        }
    }

    /// <summary>Takes an entry. The caller has called <see cref="Reserve"/>.</summary>
    public int Add(ulong start, ulong size, int segment)
    {
        RangeHole[] holes = _holes;
        int entry = _unused;
        if (entry != 0)
        {
            _unused = holes[entry].Left;
        }
        else
        {
            entry = _used++;
        }

        ref RangeHole hole = ref holes[entry];
        hole.Start = start;
        hole.Size = size;
        hole.Segment = segment;
        Count++;
        return entry;
    }

    /// <summary>Gives an entry back.</summary>
    public void Remove(int entry)
    {
        ref RangeHole hole = ref _holes[entry];
        hole.Size = 0;
        hole.Left = _unused;
        _unused = entry;
        Count--;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow() => HugePages.Resize(ref _holes, _holes.Length + (_holes.Length / 4) + FirstCapacity);
}
