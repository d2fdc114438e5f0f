using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Matrix;
using ScottPlot;
using ScottPlot.Plottables;

namespace GpuMm.Cli.Demo;

/// <summary>Draws p99 frame time against VRAM: a colour per policy, a dash per link, open markers for small windows, a ring at each knee.</summary>
internal static class WhatIfPlot
{
    private const int WidthPixels = 1200;
    private const int HeightPixels = 675;
    private const int CaptionColumns = 60;

    // Okabe and Ito, "Color Universal Design" (2008); yellow is left out, for it is hard to see on white.
    private static readonly Color[] s_colors =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"),
        Color.FromHex("#56B4E9"), Color.FromHex("#E69F00"), Color.FromHex("#000000"),
    ];

    private static readonly LinePattern[] s_patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private static readonly (MarkerShape Filled, MarkerShape Open)[] s_markers =
    [
        (MarkerShape.FilledCircle, MarkerShape.OpenCircle), (MarkerShape.FilledSquare, MarkerShape.OpenSquare),
        (MarkerShape.FilledTriangleUp, MarkerShape.OpenTriangleUp), (MarkerShape.FilledDiamond, MarkerShape.OpenDiamond),
        (MarkerShape.FilledTriangleDown, MarkerShape.OpenTriangleDown),
    ];

    /// <summary>Writes the plot; the format follows from the name.</summary>
    public static void Save(string path, Scene scene, DemoOptions options, MatrixAxes axes, IReadOnlyList<MatrixSeries> series)
    {
        EmbeddedFont.Register();
        using Plot plot = new();
        double unit = axes.VramBytes[^1] >= 2ul << 30 ? 1ul << 30 : 1ul << 20;
        for (int i = 0; i < series.Count; i++)
        {
            AddLine(plot, axes, series[i], i, unit);
        }

        double limitMs = options.StutterLimitNs / 1e6;
        HorizontalLine limit = plot.Add.HorizontalLine(limitMs);
        limit.Color = Color.FromHex("#555555");
        limit.LineWidth = 1.5f;
        limit.LinePattern = LinePattern.Dashed;
        limit.LegendText = string.Create(CultureInfo.InvariantCulture, $"{limitMs:0.0} ms, one beat at {options.RefreshHz} Hz");
        Label(plot, scene, options, series, unit);
        Ticks(plot, axes, series, unit, limitMs);
        plot.Font.Set(EmbeddedFont.Family);
        if (path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
        {
            File.WriteAllText(path, plot.GetSvgXml(WidthPixels, HeightPixels));
        }
        else
        {
            plot.SavePng(path, WidthPixels, HeightPixels);
        }
    }

    private static void AddLine(Plot plot, MatrixAxes axes, MatrixSeries series, int index, double unit)
    {
        int policy = axes.Policies.ToList().IndexOf(series.Point.Policy);
        int link = axes.Links.ToList().IndexOf(series.Point.Link);
        int bar = axes.BarBytes.ToList().IndexOf(series.Point.BarBytes);

        // One policy leaves the colours to the links; one link leaves them to the windows.
        int color = axes.Policies.Count > 1 ? policy : axes.Links.Count > 1 ? link : index;
        (MarkerShape filled, MarkerShape open) = s_markers[color % s_markers.Length];
        Scatter line = plot.Add.Scatter(
            series.Cells.Select(cell => cell.VramBytes / unit).ToArray(), series.Cells.Select(static cell => cell.Summary.FrameP99Ns / 1e6).ToArray());
        line.LegendText = series.Knee.BelowBytes is null ? series.Name : $"{series.Name}: knee {ByteSize.Format(series.Knee.VramBytes)}";
        line.Color = s_colors[color % s_colors.Length];
        line.LineWidth = 2.5f;
        line.LinePattern = s_patterns[(axes.Policies.Count > 1 ? link : bar) % s_patterns.Length];
        line.MarkerShape = bar % 2 == 0 ? filled : open;
        line.MarkerSize = 9;
        line.MarkerLineWidth = 2;
        if (series.Knee.BelowBytes is null)
        {
            return; // Every size tried is good: there is no knee to see.
        }

        MatrixCell knee = series.Cells.First(cell => cell.VramBytes == series.Knee.VramBytes);
        double x = knee.VramBytes / unit;
        double y = knee.Summary.FrameP99Ns / 1e6;
        Marker ring = plot.Add.Marker(x, y, MarkerShape.OpenCircle, 20, line.Color);
        ring.MarkerLineWidth = 2.5f;
    }

    private static void Label(Plot plot, Scene scene, DemoOptions options, IReadOnlyList<MatrixSeries> series, double unit)
    {
        string copies = scene.Scale == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {scene.Scale} copies");
        string title = $"{scene.Description.Name}{copies}: {ByteSize.Format(scene.TotalBytes)} of textures, {DemoJson.WorkloadName(options.Workload)}";
        plot.Title(title, 18);
        plot.XLabel(unit > 1 << 20 ? "Video memory (GiB)" : "Video memory (MiB)", 15);
        plot.YLabel("p99 frame time (ms, simulated)", 15);
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        string caption = series.Count == 1 ? Wrap(series[0].Knee.Sentence) : "A ring marks the knee of a line";
        Annotation note = plot.Add.Annotation(caption, Alignment.UpperRight);
        note.LabelFontSize = 13;
        note.LabelBackgroundColor = Colors.White.WithAlpha(0.9);
        note.LabelBorderColor = Color.FromHex("#BBBBBB");
        note.LabelShadowColor = Colors.Transparent;
        note.LabelFontName = EmbeddedFont.Family;
        plot.ShowLegend(Edge.Bottom);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontSize = 13;
        plot.Legend.SymbolWidth = 36;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.SetBestFontOnEachRender = false;
    }

    private static string Wrap(string sentence)
    {
        StringBuilder text = new();
        int column = 0;
        foreach (string word in sentence.Split(' '))
        {
            if (column + word.Length > CaptionColumns)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column == 0 ? "" : " ").Append(word);
            column += word.Length + 1;
        }

        return text.ToString();
    }

    private static void Ticks(Plot plot, MatrixAxes axes, IReadOnlyList<MatrixSeries> series, double unit, double limitMs)
    {
        double[] sizes = [.. axes.VramBytes.Select(bytes => bytes / unit)];
        plot.Axes.Bottom.SetTicks(sizes, [.. sizes.Select(static size => size.ToString("0.##", CultureInfo.InvariantCulture))]);
        double top = Math.Max(limitMs, series.SelectMany(static line => line.Cells).Max(static cell => cell.Summary.FrameP99Ns / 1e6));
        double margin = Math.Max((sizes[^1] - sizes[0]) * 0.04, sizes[^1] * 0.01);
        plot.Axes.SetLimits(sizes[0] - margin, sizes[^1] + margin, 0, top * 1.2);
        plot.Grid.MajorLineColor = Color.FromHex("#E5E5E5");
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
    }
}
