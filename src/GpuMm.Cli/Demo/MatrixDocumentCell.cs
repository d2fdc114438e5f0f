using System.Collections.Generic;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.Cli.Demo;

/// <summary>One run of a what-if.</summary>
internal sealed record MatrixDocumentCell(
    ulong VramBytes, bool IsRefinement, DemoSummary Result, IReadOnlyList<CauseTotal> Causes, long P99MemoryNs, bool IsThrashing, string HashHex);
