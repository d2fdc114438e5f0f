using System;
using System.Text;
using GpuMm.Ranges;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>Eight units whose every position is tried: the contract of an insertion said once more, in another way.</summary>
internal sealed class TinyRange
{
    public const int Units = 8;

    private readonly bool[] _taken = new bool[Units];
    private readonly int[] _ages = new int[Units]; // By the start of a hole: when it last changed.
    private int _clock;

    /// <summary>Size of the node that starts at each unit; 0 for none.</summary>
    public int[] Sizes { get; private init; } = new int[Units];

    /// <summary>Equal for equal places of nodes and equal order of the holes by age.</summary>
    public string Key
    {
        get
        {
            StringBuilder key = new();
            for (int unit = 0; unit < Units; unit++)
            {
                int rank = 0;
                for (int other = 0; other < Units; other++)
                {
                    rank += IsHoleStart(unit) && IsHoleStart(other) && _ages[other] > _ages[unit] ? 1 : 0;
                }

                key.Append(Sizes[unit]).Append(_taken[unit] ? '#' : '.').Append(rank);
            }

            return key.ToString();
        }
    }

    public TinyRange Clone()
    {
        TinyRange copy = new() { Sizes = (int[])Sizes.Clone() };
        _taken.CopyTo(copy._taken, 0);
        _ages.CopyTo(copy._ages, 0);
        copy._clock = _clock;
        return copy;
    }

    /// <summary>Does an operation; <see cref="MmStatus.Busy"/> says that it makes no sense in this state.</summary>
    public MmStatus Apply(RangeAllocatorExhaustiveTests.Operation operation, out int place)
    {
        place = operation.Low;
        if (operation.High < 0)
        {
            return Remove(place);
        }

        if (operation.Mode is not RangeMode mode)
        {
            if (place + operation.Size > Units)
            {
                return MmStatus.InvalidArgument;
            }

            if (!IsFree(place, operation.Size))
            {
                return MmStatus.Overlap;
            }

            Take(place, operation.Size);
            return MmStatus.Ok;
        }

        place = -1;
        for (int at = operation.Low; at + operation.Size <= operation.High; at++)
        {
            if (IsFree(at, operation.Size) && (place < 0 || IsBetter(mode, at, place)))
            {
                place = at;
            }
        }

        if (place < 0)
        {
            return MmStatus.NoSpace;
        }

        Take(place, operation.Size);
        return MmStatus.Ok;
    }

    /// <summary>Positions are tried upward, so an equal one does not replace a lower one.</summary>
    private bool IsBetter(RangeMode mode, int at, int best) => mode switch
    {
        RangeMode.Low => false,
        RangeMode.High => true,
        RangeMode.Evict => _ages[HoleStart(at)] > _ages[HoleStart(best)],
        _ => HoleSize(at) < HoleSize(best),
    };

    private MmStatus Remove(int start)
    {
        if (Sizes[start] == 0)
        {
            return MmStatus.Busy;
        }

        Array.Fill(_taken, false, start, Sizes[start]);
        Sizes[start] = 0;
        _ages[HoleStart(start)] = ++_clock;
        return MmStatus.Ok;
    }

    private void Take(int start, int size)
    {
        int low = HoleStart(start);
        int end = low + HoleSize(start);
        Array.Fill(_taken, true, start, size);
        Sizes[start] = size;
        if (low < start)
        {
            _ages[low] = ++_clock;
        }

        if (start + size < end)
        {
            _ages[start + size] = ++_clock;
        }
    }

    private bool IsFree(int start, int size) => Array.IndexOf(_taken, true, start, size) < 0;

    private bool IsHoleStart(int unit) => !_taken[unit] && (unit == 0 || _taken[unit - 1]);

    private int HoleStart(int unit)
    {
        while (!IsHoleStart(unit))
        {
            unit--;
        }

        return unit;
    }

    private int HoleSize(int unit)
    {
        int start = HoleStart(unit);
        int end = Array.IndexOf(_taken, true, start);
        return (end < 0 ? Units : end) - start;
    }
}
