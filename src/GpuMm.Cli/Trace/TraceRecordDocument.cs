namespace GpuMm.Cli.Trace;

/// <summary>The shape of <c>gpumm trace record --json</c>.</summary>
internal sealed record TraceRecordDocument(
    int SchemaVersion, string File, long Events, long FileBytes, int Frames, ulong Seed, string StateHex, string ReplayedStateHex, long Operations, long Divergences, bool IsSame);
