using System.Text.Json;

namespace GpuMm.Simulation;

/// <summary>A machine as a file describes it.</summary>
internal sealed record MachineDocument
{
    public int? SchemaVersion { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public int? Year { get; init; }

    public string? Kind { get; init; }

    /// <summary>The name of a built-in link, or a link.</summary>
    public JsonElement? Link { get; init; }

    public VramDocument? Vram { get; init; }

    public ulong? BarBytes { get; init; }

    public bool? BarResizable { get; init; }

    public ulong? ApertureBytes { get; init; }

    public int? CopyEngines { get; init; }

    public bool? Unified { get; init; }

    public long? FarFaultNs { get; init; }

    public CpuDocument? Cpu { get; init; }

    public FrameDocument? Frame { get; init; }

    public SourceDocument[]? Sources { get; init; }
}
