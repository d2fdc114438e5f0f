using System.Collections.Generic;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// The baseline: best fit, lowest address first, out of what the BCL offers. It shows the quality that a best fit can
/// reach and what it costs without a layout of one's own.
/// </summary>
internal readonly struct SortedSetFit : IWorkloadAllocator<SortedSetFit, SortedSetFit.Ticket>
{
    // Estimates of the runtime's own layout: a set node is an object of 16 + 40 bytes, a dictionary entry 24 and a bucket 4.
    private const int HoleBytes = 16 + 40 + (2 * (24 + 4));

    private readonly SortedSet<(ulong Size, ulong Start)> _bySize;
    private readonly Dictionary<ulong, ulong> _sizeByStart;
    private readonly Dictionary<ulong, ulong> _sizeByEnd;

    private SortedSetFit(ulong rangeUnits)
    {
        _bySize = [];
        _sizeByStart = [];
        _sizeByEnd = [];
        AddHole(0, rangeUnits);
    }

    public long MetadataBytes => (long)_bySize.Count * HoleBytes;

    public ulong LargestFreeUnits => _bySize.Max.Size;

    public ulong FreeUnits
    {
        get
        {
            ulong sum = 0;
            foreach ((ulong size, ulong _) in _bySize)
            {
                sum += size;
            }

            return sum;
        }
    }

    public static SortedSetFit Create(ulong rangeUnits, int liveCount) => new(rangeUnits);

    public static bool IsLive(in Ticket ticket) => ticket.Size != 0;

    public bool TryAllocate(uint sizeUnits, ref Ticket ticket, out ulong offsetUnits)
    {
        (ulong Size, ulong Start) hole = default;
        foreach ((ulong Size, ulong Start) first in _bySize.GetViewBetween((sizeUnits, 0), (ulong.MaxValue, 0)))
        {
            hole = first;
            break;
        }

        offsetUnits = hole.Start;
        if (hole.Size == 0)
        {
            return false;
        }

        RemoveHole(hole.Start, hole.Size);
        AddHole(hole.Start + sizeUnits, hole.Size - sizeUnits);
        ticket = new Ticket(hole.Start, sizeUnits);
        return true;
    }

    public void Free(ref Ticket ticket)
    {
        (ulong start, ulong size) = ticket;
        if (_sizeByEnd.TryGetValue(start, out ulong before))
        {
            RemoveHole(start - before, before);
            start -= before;
            size += before;
        }

        if (_sizeByStart.TryGetValue(start + size, out ulong after))
        {
            RemoveHole(start + size, after);
            size += after;
        }

        AddHole(start, size);
        ticket = default;
    }

    public void Extents(in Ticket ticket, List<(ulong Start, ulong Size)> extents) =>
        extents.Add((ticket.Start, ticket.Size));

    public string? Validate() =>
        _bySize.Count == _sizeByStart.Count && _bySize.Count == _sizeByEnd.Count ? null : "the indexes differ";

    private void AddHole(ulong start, ulong size)
    {
        if (size != 0)
        {
            _bySize.Add((size, start));
            _sizeByStart.Add(start, size);
            _sizeByEnd.Add(start + size, size);
        }
    }

    private void RemoveHole(ulong start, ulong size)
    {
        _bySize.Remove((size, start));
        _sizeByStart.Remove(start);
        _sizeByEnd.Remove(start + size);
    }

    internal readonly record struct Ticket(ulong Start, ulong Size);
}
