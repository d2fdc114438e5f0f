using System.Collections.Generic;

namespace GpuMm.Cli.Race;

/// <summary>One scenario of <see cref="RaceDocument"/>; the counts from <see cref="Ok"/> to <see cref="LiveLocks"/> add up to <see cref="Schedules"/>.</summary>
internal sealed record RaceDocumentCell
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Gets the letter of each actor and what it is.</summary>
    public required string Cast { get; init; }

    /// <summary>Gets the contract; left out for a variant.</summary>
    public required string? Contract { get; init; }

    /// <summary>Gets the order; left out for a variant.</summary>
    public required string? Order { get; init; }

    public required bool MustBeClean { get; init; }

    public required long Schedules { get; init; }

    public required long Ok { get; init; }

    public required long StaleForeign { get; init; }

    public required long StaleLostWrite { get; init; }

    public required long StaleHarmless { get; init; }

    public required long LostWrites { get; init; }

    public required long WrongData { get; init; }

    public required long DeadLocks { get; init; }

    public required long LiveLocks { get; init; }

    public required int RetriesMax { get; init; }

    public required int StepsMax { get; init; }

    /// <summary>Gets the first schedule of each bad verdict; empty when none is bad.</summary>
    public required IReadOnlyList<RaceDocumentSchedule> Offending { get; init; }
}
