namespace GpuMm.Ranges;

/// <content>Where things lie, for who fetches lines of memory before they are asked for. Nothing here changes the range.</content>
public sealed partial class RangeAllocator
{
    /// <summary>The record that the next node will get; 0 when it is a new one.</summary>
    internal int UnusedSlot => _unusedSegment;

    /// <summary>A record, of a node or not.</summary>
    /// <param name="slot">Its place: a handle's slot, or a neighbour's.</param>
    internal ref readonly RangeSegment RecordAt(int slot) => ref _segments[slot];

    /// <summary>The handle of a node.</summary>
    /// <param name="slot">Its record; of a live node.</param>
    internal RangeHandle HandleAt(int slot) => new(slot, _segments[slot].Generation);

    /// <summary>A hole.</summary>
    /// <param name="entry">Its entry; 0 for none, which lies somewhere too.</param>
    internal ref readonly RangeHole EntryAt(int entry) => ref _holes.Holes[entry];

    /// <summary>The hole that a best fit will look at, as a rule the first; 0 when none is known. Looks at no hole.</summary>
    /// <param name="sizeBytes">Size of the fit.</param>
    internal int PeekFit(ulong sizeBytes) => _bySize?.Peek(sizeBytes) ?? 0;
}
