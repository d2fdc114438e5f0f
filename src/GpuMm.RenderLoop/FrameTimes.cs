using System;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>The frame times of one run.</summary>
public sealed class FrameTimes
{
    /// <summary>A frame that takes longer misses the beat of 60 per second.</summary>
    public static readonly SimTime StutterLimit = new(16_700_000);

    private readonly long[] _frameNs;
    private int _count;

    /// <summary>Room for a run.</summary>
    /// <param name="capacity">Most frames.</param>
    public FrameTimes(int capacity)
    {
        _frameNs = new long[capacity];
    }

    /// <summary>Frames recorded.</summary>
    public int Count => _count;

    /// <summary>Frames over <see cref="StutterLimit"/>.</summary>
    public int StutterCount { get; private set; }

    /// <summary>The latest; 0 before the first.</summary>
    public SimTime Last => _count == 0 ? SimTime.Zero : new SimTime(_frameNs[_count - 1]);

    /// <summary>The longest.</summary>
    public SimTime Longest { get; private set; }

    /// <summary>Records one frame.</summary>
    /// <param name="time">Its time.</param>
    public void Add(SimTime time)
    {
        _frameNs[_count++] = time.Nanoseconds;
        StutterCount += time > StutterLimit ? 1 : 0;
        Longest = SimTime.Max(Longest, time);
    }

    /// <summary>The frame time that a share of the frames does not exceed: the nearest-rank percentile.</summary>
    /// <param name="percent">1 to 100.</param>
    /// <returns>A time that really occurred; 0 when nothing was recorded. Cost: sorts a copy.</returns>
    public SimTime Percentile(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        if (_count == 0)
        {
            return SimTime.Zero;
        }

        long[] sorted = _frameNs.AsSpan(0, _count).ToArray();
        Array.Sort(sorted);
        int rank = (int)((((long)percent * _count) + 99) / 100);
        return new SimTime(sorted[rank - 1]);
    }
}
