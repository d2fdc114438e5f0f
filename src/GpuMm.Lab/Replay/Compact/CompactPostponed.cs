using System;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>Space outside video memory that was given up while a copy out of it still runs, by age.</summary>
/// <param name="timelines">Tells what is done.</param>
internal sealed class CompactPostponed(CompactTimelines timelines)
{
    private readonly uint[] _earliest = new uint[CompactMachine.TimelineCount]; // By timeline; 0 when there is none
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>What the last call of <see cref="Reap"/> gave back of the aperture, bytes.</summary>
    public ulong ReapedGttBytes { get; private set; }

    /// <summary>What the last call of <see cref="Reap"/> gave back of system pages, bytes.</summary>
    public ulong ReapedPageBytes { get; private set; }

    /// <summary>Adds one.</summary>
    /// <param name="fence">What is waited for; not done.</param>
    /// <param name="sizeBytes">How much.</param>
    /// <param name="isGtt">Whether the aperture has it.</param>
    /// <param name="hasPages">Whether system pages go with it.</param>
    public void Add(uint fence, ulong sizeBytes, bool isGtt, bool hasPages)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _count);
        }

        _entries[_count++] = new Entry(sizeBytes, fence, isGtt, hasPages);
        NoteEarliest(fence);
    }

    /// <summary>The fence of the oldest.</summary>
    /// <param name="fence">The fence.</param>
    public bool TryOldest(out uint fence)
    {
        fence = _count > 0 ? _entries[0].Fence : 0;
        return _count > 0;
    }

    /// <summary>Gives back what is done.</summary>
    /// <returns>How many.</returns>
    public int Reap()
    {
        ReapedGttBytes = 0;
        ReapedPageBytes = 0;

        // Fences of a timeline signal in order: while the earliest of each is not done, none is.
        bool isAny = false;
        foreach (uint earliest in _earliest)
        {
            isAny |= earliest != 0 && timelines.IsSignaled(earliest);
        }

        return isAny ? ReapAll() : 0;
    }

    private int ReapAll()
    {
        Array.Clear(_earliest);
        int kept = 0;
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            if (timelines.IsSignaled(entry.Fence))
            {
                ReapedGttBytes += entry.IsGtt ? entry.SizeBytes : 0;
                ReapedPageBytes += entry.HasPages ? entry.SizeBytes : 0;
            }
            else
            {
                NoteEarliest(entry.Fence);
                _entries[kept++] = entry;
            }
        }

        int reaped = _count - kept;
        _count = kept;
        return reaped;
    }

    private void NoteEarliest(uint fence)
    {
        ref uint known = ref _earliest[CompactTimelines.TimelineOf(fence)];
        known = known == 0 ? fence : Math.Min(known, fence);
    }

    private readonly record struct Entry(ulong SizeBytes, uint Fence, bool IsGtt, bool HasPages);
}
