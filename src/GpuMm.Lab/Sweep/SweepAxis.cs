using System;
using System.Buffers;
using System.Collections.Generic;

namespace GpuMm.Lab.Sweep;

/// <summary>One thing that a sweep varies: a name and the values it takes, in the order given.</summary>
public sealed class SweepAxis
{
    /// <summary>Most values of one axis.</summary>
    public const int MaxValues = 10_000;

    private static readonly SearchValues<char> s_nameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Names an axis and its values.</summary>
    /// <param name="name">Lower-case letters, digits and dashes, such as "vram".</param>
    /// <param name="values">1 to <see cref="MaxValues"/> texts; none empty, none twice.</param>
    /// <exception cref="ArgumentException">The name or a value is not of that form; the message says which.</exception>
    public SweepAxis(string name, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(s_nameLetters))
        {
            throw new ArgumentException($"axis '{name}': give lower-case letters, digits and dashes.", nameof(name));
        }

        if (values.Count is 0 or > MaxValues)
        {
            throw new ArgumentException($"axis {name}: {values.Count} values; give 1 to {MaxValues}.", nameof(values));
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string value in values)
        {
            if (value.Length == 0 || value.AsSpan().ContainsAny('\n', '\r'))
            {
                throw new ArgumentException($"axis {name}: a value is empty or has a line break.", nameof(values));
            }

            if (!seen.Add(value))
            {
                throw new ArgumentException($"axis {name}: {value} is given twice; give it once.", nameof(values));
            }
        }

        Name = name;
        Values = [.. values];
    }

    /// <summary>What varies, such as "policy".</summary>
    public string Name { get; }

    /// <summary>The values, in the order given.</summary>
    public IReadOnlyList<string> Values { get; }
}
