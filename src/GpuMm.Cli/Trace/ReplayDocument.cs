using GpuMm.Lab.Replay;

namespace GpuMm.Cli.Trace;

/// <summary>The shape of <c>gpumm replay --json</c>.</summary>
internal sealed record ReplayDocument(
    int SchemaVersion, string File, string Machine, string Policy, string Allocator, ulong VramBytes, ulong ApertureBytes, FullReplayResult Result);
