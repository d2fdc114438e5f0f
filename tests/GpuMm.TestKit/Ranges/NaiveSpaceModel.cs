using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.TestKit.Ranges;

/// <summary>
/// Space as a list of taken ranges. It says whether a request must succeed; where it goes is the allocator's choice, which
/// is then checked by <see cref="TryPlace"/>.
/// </summary>
public sealed class NaiveSpaceModel(ulong sizeUnits, int maxLive)
{
    public SortedList<ulong, ulong> Taken { get; } = [];

    public ulong FreeUnits => sizeUnits - Taken.Values.Aggregate(0ul, (sum, size) => sum + size);

    public ulong LargestFreeUnits => Holes().Select(hole => hole.Size).DefaultIfEmpty(0ul).Max();

    public MmStatus StatusOf(ulong size, ulong alignment)
    {
        if (size == 0 || size > sizeUnits || (alignment & (alignment - 1)) != 0)
        {
            return MmStatus.InvalidArgument;
        }

        ulong step = Math.Max(1, alignment);
        bool fits = Taken.Count < maxLive && Holes().Any(hole => Padding(hole.Start, step) + size <= hole.Size);
        return fits ? MmStatus.Ok : MmStatus.NoSpace;
    }

    /// <summary>Takes a range if it is aligned, inside the space and free.</summary>
    public bool TryPlace(ulong start, ulong size, ulong alignment)
    {
        bool isFree = start % Math.Max(1, alignment) == 0 &&
            Holes().Any(hole => start >= hole.Start && start + size <= hole.Start + hole.Size);
        if (isFree)
        {
            Taken.Add(start, size);
        }

        return isFree;
    }

    public IEnumerable<(ulong Start, ulong Size)> Holes()
    {
        ulong end = 0;
        foreach ((ulong start, ulong size) in Taken)
        {
            if (start > end)
            {
                yield return (end, start - end);
            }

            end = start + size;
        }

        if (end < sizeUnits)
        {
            yield return (end, sizeUnits - end);
        }
    }

    private static ulong Padding(ulong start, ulong step) => (step - (start % step)) % step;
}
