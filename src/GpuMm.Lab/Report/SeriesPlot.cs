using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ScottPlot;
using ScottPlot.Plottables;

namespace GpuMm.Lab.Report;

/// <summary>Draws lines that everybody can tell apart: colours of Okabe and Ito, and a marker and a dash of its own for each.</summary>
public sealed class SeriesPlot : IDisposable
{
    /// <summary>Most lines of one plot; more cannot be told apart.</summary>
    public const int MaxSeries = 24;

    /// <summary>Width of a plot, in pixels.</summary>
    public const int WidthPixels = 900;

    /// <summary>Height of a plot, in pixels.</summary>
    public const int HeightPixels = 520;

    // Okabe and Ito, "Color Universal Design" (2008); yellow is left out, for it is hard to see on white.
    private static readonly Color[] s_colors =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"),
        Color.FromHex("#56B4E9"), Color.FromHex("#E69F00"), Color.FromHex("#000000"),
    ];

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.Eks,
    ];

    private static readonly LinePattern[] s_patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private readonly Plot _plot = new();

    /// <summary>Draws a plot.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="xLabel">The axis, with its unit.</param>
    /// <param name="yLabel">The metric, with its unit.</param>
    /// <param name="series">1 to <see cref="MaxSeries"/> lines.</param>
    /// <param name="limit">A level to mark, such as a budget; null for none.</param>
    /// <param name="limitName">What the level is.</param>
    public SeriesPlot(string title, string xLabel, string yLabel, IReadOnlyList<PlotSeries> series, double? limit = null, string? limitName = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Count is 0 or > MaxSeries)
        {
            throw new ArgumentException($"{series.Count} lines; give 1 to {MaxSeries}.", nameof(series));
        }

        for (int i = 0; i < series.Count; i++)
        {
            Scatter line = _plot.Add.Scatter(series[i].X.ToArray(), series[i].Y.ToArray());
            line.LegendText = series[i].Name;
            line.Color = s_colors[i % s_colors.Length];
            line.LineWidth = 2;
            line.MarkerShape = s_markers[i % s_markers.Length];
            line.MarkerSize = 8;
            line.LinePattern = s_patterns[i / s_colors.Length % s_patterns.Length];
        }

        if (limit is { } level)
        {
            HorizontalLine mark = _plot.Add.HorizontalLine(level);
            mark.Color = Color.FromHex("#666666");
            mark.LinePattern = LinePattern.Dashed;
            mark.LegendText = limitName ?? "";
        }

        _plot.Title(title);
        _plot.XLabel(xLabel);
        _plot.YLabel(yLabel);
        double top = series.SelectMany(static line => line.Y).Append(limit ?? 0).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        _plot.Axes.SetLimitsY(0, top > 0 ? top * 1.08 : 1);
        _plot.ShowLegend(Edge.Right);
    }

    /// <summary>Writes the plot as a file; the format follows from the name.</summary>
    /// <param name="path">Ends in .png or .svg.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
        {
            File.WriteAllText(path, ToSvg());
        }
        else if (path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            _plot.SavePng(path, WidthPixels, HeightPixels);
        }
        else
        {
            throw new ArgumentException($"{path}: give a name that ends in .png or .svg.", nameof(path));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _plot.Dispose();

    /// <summary>The plot as an SVG element, without the XML declaration, to stand inside a page.</summary>
    public string ToSvg()
    {
        string svg = _plot.GetSvgXml(WidthPixels, HeightPixels);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
    }
}
