using System.Collections.Generic;

namespace GpuMm.Cli.Trace;

/// <summary>The shape of <c>gpumm trace info --json</c>.</summary>
internal sealed record TraceInfoDocument
{
    public required int SchemaVersion { get; init; }

    public required string File { get; init; }

    public required long FileBytes { get; init; }

    public required string Format { get; init; }

    public required long Events { get; init; }

    public required long Objects { get; init; }

    public required ulong ObjectBytes { get; init; }

    public required ulong PeakBytes { get; init; }

    public required ulong LargestBytes { get; init; }

    public required long Uses { get; init; }

    public required long InferredUses { get; init; }

    public required ulong MovedBytes { get; init; }

    public required long FirstNs { get; init; }

    public required long LastNs { get; init; }

    public required bool IsDeviceRecording { get; init; }

    public required string? Warning { get; init; }

    public required IReadOnlyDictionary<string, long> Kinds { get; init; }

    public required IReadOnlyDictionary<string, string> Properties { get; init; }
}
