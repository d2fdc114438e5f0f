using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Matrix;

namespace GpuMm.Cli.Demo;

/// <summary>A what-if as a table and a sentence per line.</summary>
internal static class MatrixText
{
    private static readonly string[] s_header = ["VRAM", "p50", "p99", "longest", "stutters", "waits in p99", "mostly", "into VRAM", "link reads"];

    public static string Write(Scene scene, DemoOptions options, MatrixAxes axes, IReadOnlyList<MatrixSeries> series)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{scene.Description.Title}{DemoText.Copies(scene)}: {ByteSize.Format(scene.TotalBytes)} of textures, {DemoJson.WorkloadName(options.Workload)}, {options.Frames} frames, {ByteSize.Format(options.ApertureBytes)} of aperture.\n");
        text.Append(CultureInfo.InvariantCulture, $"{options.Machine.Description}{(axes.Links.Count > 1 || axes.Links[0].Link is not null ? "; link: " + string.Join(", ", axes.Links.Select(static link => link.Name)) : "")}. A stutter is a frame over {options.StutterLimitNs / 1e6:0.0} ms.\n");
        foreach (MatrixSeries line in series)
        {
            text.Append('\n').Append(line.Name).Append('\n');
            Table(text, line);
        }

        text.Append('\n');
        int width = series.Max(static line => line.Name.Length);
        foreach (MatrixSeries line in series)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Name.PadRight(width)}  {line.Knee.Sentence}.\n");
        }

        return text.ToString().TrimEnd();
    }

    private static void Table(StringBuilder text, MatrixSeries line)
    {
        List<string[]> rows = [s_header];
        foreach (MatrixCell cell in line.Cells)
        {
            DemoSummary summary = cell.Summary;
            rows.Add([
                ByteSize.Format(cell.VramBytes),
                DemoText.Ms(summary.FrameP50Ns),
                DemoText.Ms(summary.FrameP99Ns),
                DemoText.Ms(summary.FrameMaxNs),
                Number(summary.StutterFrames) + (cell.IsThrashing ? " thrash" : ""),
                DemoText.Ms(cell.P99MemoryNs),
                cell.P99Cause is { } cause ? FrameCauses.Label(cause.Cause) : "-",
                ByteSize.Format((ulong)summary.ToVramBytes),
                ByteSize.Format((ulong)summary.LinkReadBytes),
            ]);
        }

        int[] widths = [.. Enumerable.Range(0, s_header.Length).Select(column => rows.Max(row => row[column].Length))];
        for (int row = 0; row < rows.Count; row++)
        {
            bool isKnee = row > 0 && line.Cells[row - 1].VramBytes == line.Knee.VramBytes;
            text.Append(isKnee ? "> " : "  ");
            text.AppendJoin("  ", rows[row].Select((cell, column) => cell.PadLeft(widths[column])));
            text.Append('\n');
        }
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
