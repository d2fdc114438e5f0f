using System.Collections;
using System.Collections.Generic;
using System.Globalization;

namespace GpuMm.Objects;

/// <summary>What a check of a device found: one sentence per violation, and how much of the device was looked at.</summary>
public sealed class ValidationReport : IReadOnlyList<string>
{
    private readonly List<string> _problems = [];

    /// <summary>Number of violations; 0 when everything that was checked holds.</summary>
    public int Count => _problems.Count;

    /// <summary>Objects that were checked.</summary>
    public int CheckedObjects { get; internal set; }

    /// <summary>Objects that were not, because somebody held their reservation: half-way through a change they may look wrong.</summary>
    public int SkippedObjects { get; internal set; }

    /// <summary>
    /// True when the pages of system RAM were counted against the objects that hold them, which takes a moment in which
    /// nobody takes or gives any.
    /// </summary>
    public bool ArePagesCounted { get; internal set; }

    /// <summary>True when nothing was left out.</summary>
    public bool IsComplete => SkippedObjects == 0 && ArePagesCounted;

    internal List<string> Problems => _problems;

    /// <summary>One violation.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public string this[int index] => _problems[index];

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _problems.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The report on a few lines: what was checked, what was left out, what is wrong.</summary>
    public override string ToString()
    {
        string left = SkippedObjects == 0 ? "none skipped" : string.Create(CultureInfo.InvariantCulture, $"{SkippedObjects} skipped because somebody holds them");
        string pages = ArePagesCounted ? "system pages counted" : "system pages not counted";
        string head = string.Create(CultureInfo.InvariantCulture, $"{CheckedObjects} objects checked, {left}, {pages}, {Count} violations");
        return Count == 0 ? head : head + "\n" + string.Join('\n', _problems);
    }
}
