using System.Collections.Generic;

namespace GpuMm.Cli.Race;

/// <summary>One bad schedule of <see cref="RaceDocumentCell"/>.</summary>
internal sealed record RaceDocumentSchedule
{
    /// <summary>Gets what the schedule came to.</summary>
    public required string Conclusion { get; init; }

    /// <summary>Gets the steps in order, "actor: what it does".</summary>
    public required IReadOnlyList<string> Steps { get; init; }
}
