using System;
using System.Collections.Generic;

namespace GpuMm.Lab.Sweep;

/// <summary>Every combination of the values of several axes; the last axis varies fastest.</summary>
public sealed class SweepMatrix
{
    /// <summary>Most runs of one sweep.</summary>
    public const int MaxRuns = 1_000_000;

    private readonly SweepAxis[] _axes;

    /// <summary>Combines axes.</summary>
    /// <param name="axes">At least one; no name twice; their product is at most <see cref="MaxRuns"/>.</param>
    /// <exception cref="ArgumentException">The axes are not of that form; the message says which.</exception>
    public SweepMatrix(IReadOnlyList<SweepAxis> axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        long runs = 1;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SweepAxis axis in axes)
        {
            runs *= axis.Values.Count;
            if (!names.Add(axis.Name))
            {
                throw new ArgumentException($"axis {axis.Name} is given twice; list all its values once.", nameof(axes));
            }

            if (runs > MaxRuns)
            {
                throw new ArgumentException($"the axes up to {axis.Name} make more than {MaxRuns} runs; give fewer values.", nameof(axes));
            }
        }

        if (axes.Count == 0)
        {
            throw new ArgumentException("a sweep needs an axis.", nameof(axes));
        }

        _axes = [.. axes];
        Count = (int)runs;
    }

    /// <summary>The axes.</summary>
    public IReadOnlyList<SweepAxis> Axes => _axes;

    /// <summary>Runs, 1 to <see cref="MaxRuns"/>.</summary>
    public int Count { get; }

    /// <summary>One run.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public SweepPoint this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            KeyValuePair<string, string>[] values = new KeyValuePair<string, string>[_axes.Length];
            for (int i = _axes.Length - 1; i >= 0; i--)
            {
                (index, int digit) = Math.DivRem(index, _axes[i].Values.Count);
                values[i] = KeyValuePair.Create(_axes[i].Name, _axes[i].Values[digit]);
            }

            return new SweepPoint(values);
        }
    }
}
