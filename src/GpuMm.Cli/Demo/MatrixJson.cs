using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Matrix;

namespace GpuMm.Cli.Demo;

/// <summary>A what-if as one JSON document: whole numbers, units in the keys.</summary>
internal static class MatrixJson
{
    public static string Write(Scene scene, DemoOptions options, IReadOnlyList<MatrixSeries> series) => JsonSerializer.Serialize(
        new MatrixDocument
        {
            SchemaVersion = 1,
            Scene = scene.Description.Name,
            SceneCopies = scene.Scale,
            SceneBytes = scene.TotalBytes,
            Machine = options.Machine.Name,
            Workload = DemoJson.WorkloadName(options.Workload),
            Frames = options.Frames,
            Seed = options.Seed,
            ApertureBytes = options.ApertureBytes,
            StutterLimitNs = options.StutterLimitNs,
            Series = [.. series.Select(Series)],
        },
        DemoJsonContext.Default.MatrixDocument);

    private static MatrixDocumentSeries Series(MatrixSeries series) => new(
        series.Name,
        series.Point.Link.Name,
        series.Point.BarBytes,
        series.Point.Policy,
        series.Knee.VramBytes,
        series.Knee.BelowBytes,
        series.Knee.IsStutterFree,
        series.Knee.Sentence,
        [.. series.Cells.Select(static cell => new MatrixDocumentCell(
            cell.VramBytes, cell.IsRefinement, cell.Summary, cell.Causes, cell.P99MemoryNs, cell.IsThrashing, DemoJson.Hex(cell.Hash)))]);
}
