using System.Collections.Generic;

namespace GpuMm.Lab.League;

/// <summary>What a league plays.</summary>
public sealed record LeagueOptions
{
    /// <summary>Policies by name, "belady" and "bound" among them; "all" for every ranking and both.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>The sizes.</summary>
    public required IReadOnlyList<CapacitySpec> Capacities { get; init; }

    /// <summary>Every object counts as 1, and sizes are numbers of objects.</summary>
    public bool CountsObjects { get; init; }

    /// <summary>Threads at most; each plays its share of the policies in a pass of its own.</summary>
    public int Workers { get; init; } = 1;
}
