using System;
using System.Diagnostics;

namespace GpuMm.Ranges;

/// <summary>
/// The ranges that make up one piece of space, in the order of its bytes. One range, the common case, costs no memory of
/// its own; an array is taken for more and kept for reuse.
/// </summary>
/// <remarks>A mutable struct: keep it in a field and pass it by <c>ref</c>. Not safe for concurrent use.</remarks>
public struct RangeList
{
    private SpaceRange _first;
    private SpaceRange[]? _rest;
    private int _count;

    /// <summary>Number of ranges.</summary>
    public readonly int Count => _count;

    /// <summary>Sum of the sizes. Cost: O(Count).</summary>
    public readonly ulong SizeBytes
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < _count; i++)
            {
                sum += this[i].Range.SizeBytes;
            }

            return sum;
        }
    }

    /// <summary>One range.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public readonly SpaceRange this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            return index == 0 ? _first : _rest![index - 1];
        }
    }

    /// <summary>Appends a range.</summary>
    /// <param name="range">The range.</param>
    public void Add(SpaceRange range)
    {
        if (_count == 0)
        {
            _first = range;
        }
        else
        {
            _rest ??= new SpaceRange[4];
            if (_count > _rest.Length)
            {
                Array.Resize(ref _rest, _rest.Length * 2);
            }

            _rest[_count - 1] = range;
        }

        _count++;
    }

    /// <summary>Takes the last range away.</summary>
    /// <returns>The range.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public SpaceRange RemoveLast()
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("The list is empty.");
        }

        SpaceRange last = this[_count - 1];
        _count--;
        return last;
    }

    /// <summary>Forgets every range; keeps the array for reuse.</summary>
    public void Clear() => _count = 0;

    /// <summary>The address behind a byte of this space.</summary>
    /// <param name="offsetBytes">Offset into the space, below <see cref="SizeBytes"/>.</param>
    /// <param name="runBytes">Bytes that follow at consecutive addresses, the one at the offset included.</param>
    /// <returns>The address. Cost: O(Count), O(1) for one range.</returns>
    public readonly ulong AddressOf(ulong offsetBytes, out ulong runBytes)
    {
        for (int i = 0; i < _count; i++)
        {
            ByteRange range = this[i].Range;
            if (offsetBytes < range.SizeBytes)
            {
                runBytes = range.SizeBytes - offsetBytes;
                return range.StartBytes + offsetBytes;
            }

            offsetBytes -= range.SizeBytes;
        }

        Debug.Fail("The offset lies inside the space.");
        runBytes = 0;
        return 0;
    }
}
