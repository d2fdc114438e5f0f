using System.Collections.Generic;

namespace GpuMm.Cli.Demo;

/// <summary>One line of a what-if.</summary>
internal sealed record MatrixDocumentSeries(
    string Name, string Link, ulong? BarBytes, string Policy, ulong KneeVramBytes, ulong? BelowKneeVramBytes, bool IsStutterFree, string Sentence,
    IReadOnlyList<MatrixDocumentCell> Cells);
