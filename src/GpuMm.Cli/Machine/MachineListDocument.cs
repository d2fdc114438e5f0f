using System.Collections.Generic;

namespace GpuMm.Cli.Machine;

/// <summary>What <c>gpumm machine list --json</c> prints.</summary>
internal sealed record MachineListDocument
{
    public required int SchemaVersion { get; init; }

    public required IReadOnlyList<MachineListRow> Machines { get; init; }
}
