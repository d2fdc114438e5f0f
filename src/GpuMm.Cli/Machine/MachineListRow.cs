using GpuMm.Simulation;

namespace GpuMm.Cli.Machine;

/// <summary>One machine of the list.</summary>
internal sealed record MachineListRow
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required int Year { get; init; }

    public required string Kind { get; init; }

    public required string Link { get; init; }

    public required long LinkBytesPerSecond { get; init; }

    public required ulong VramBytes { get; init; }

    public required long VramBytesPerSecond { get; init; }

    public required ulong BarBytes { get; init; }

    public required bool BarResizable { get; init; }

    public required int CopyEngines { get; init; }

    public static MachineListRow Of(MachineProfile profile) => new()
    {
        Name = profile.Name,
        Description = profile.Description,
        Year = profile.Year,
        Kind = profile.Kind == MachineKind.Card ? "card" : "generic",
        Link = profile.Link.Name,
        LinkBytesPerSecond = profile.Link.BytesPerSecond,
        VramBytes = profile.VramBytes,
        VramBytesPerSecond = profile.Vram.BytesPerSecond,
        BarBytes = profile.BarBytes,
        BarResizable = profile.IsBarResizable,
        CopyEngines = profile.CopyEngines,
    };
}
