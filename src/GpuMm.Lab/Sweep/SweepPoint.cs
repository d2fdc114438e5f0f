using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Lab.Sweep;

/// <summary>One run of a sweep: a value for each axis.</summary>
public sealed class SweepPoint
{
    private readonly KeyValuePair<string, string>[] _values;

    /// <summary>Makes a point.</summary>
    /// <param name="values">Axis names and values, in the order of the axes; no name twice.</param>
    public SweepPoint(IEnumerable<KeyValuePair<string, string>> values)
    {
        _values = [.. values];
        if (_values.DistinctBy(static pair => pair.Key, StringComparer.Ordinal).Count() != _values.Length)
        {
            throw new ArgumentException("A point names an axis twice.", nameof(values));
        }
    }

    /// <summary>The axes and values, in the order of the axes.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values => _values;

    /// <summary>The value on one axis.</summary>
    /// <param name="axis">The name of the axis.</param>
    /// <returns>The value, or null when the point does not have that axis.</returns>
    public string? this[string axis]
    {
        get
        {
            foreach (KeyValuePair<string, string> pair in _values)
            {
                if (string.Equals(pair.Key, axis, StringComparison.Ordinal))
                {
                    return pair.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The same point with one axis set to another value, or added.</summary>
    /// <param name="axis">The name of the axis.</param>
    /// <param name="value">Its value there.</param>
    public SweepPoint With(string axis, string value) => this[axis] is null
        ? new SweepPoint([.. _values, KeyValuePair.Create(axis, value)])
        : new SweepPoint(_values.Select(pair => pair.Key == axis ? KeyValuePair.Create(axis, value) : pair));

    /// <summary>The point in one line: "policy=lru vram=4GiB".</summary>
    public override string ToString() => string.Join(' ', _values.Select(static pair => $"{pair.Key}={pair.Value}"));
}
