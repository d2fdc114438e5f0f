using System.Collections.Generic;

namespace GpuMm.Traces.Model;

/// <summary>What is known of a trace before its events are read.</summary>
public sealed record TraceDescription
{
    /// <summary>Most entries of <see cref="Properties"/>.</summary>
    public const int MaxProperties = 1000;

    /// <summary>The format's short name, as the command line takes it.</summary>
    public required string Format { get; init; }

    /// <summary>Events, when the format tells; null when only reading on can.</summary>
    public long? EventCount { get; init; }

    /// <summary>Facts of the source: machine, sizes, policy, tool. Plain text, sorted by key.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new SortedDictionary<string, string>(System.StringComparer.Ordinal);
}
