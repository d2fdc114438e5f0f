using System.Collections.Generic;

namespace GpuMm.Lab.League;

/// <summary>A league table.</summary>
public sealed record LeagueResult
{
    /// <summary>The trace.</summary>
    public required string Trace { get; init; }

    /// <summary>Records of the trace.</summary>
    public required long Records { get; init; }

    /// <summary>Different objects.</summary>
    public required int Objects { get; init; }

    /// <summary>Sizes of all objects, each as it was first requested; units.</summary>
    public required ulong WorkingSet { get; init; }

    /// <summary>True when all objects have one size, so that Belady's rule is the floor.</summary>
    public required bool IsOneSize { get; init; }

    /// <summary>True when units are objects, not bytes.</summary>
    public required bool CountsObjects { get; init; }

    /// <summary>By size, then in the order in which the policies were named.</summary>
    public required IReadOnlyList<LeagueRow> Rows { get; init; }
}
