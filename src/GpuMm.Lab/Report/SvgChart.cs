using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace GpuMm.Lab.Report;

/// <summary>Draws one chart of a page as SVG in the page's own colours, so that it follows light and dark.</summary>
/// <remarks>Colours, markers and dashes come from the page's style by the number of the line; each point tells its value when pointed at.</remarks>
internal sealed class SvgChart
{
    /// <summary>Lines with a look of their own.</summary>
    public const int MaxLines = 24;

    private const int Left = 58;
    private const int Right = 24;
    private const int Top = 12;
    private const int Bottom = 46;

    private readonly int _width;
    private readonly int _height;

    /// <summary>A chart of a size; letters are as large in a small one as in a large one.</summary>
    /// <param name="isLead">As wide as the page; otherwise half of that.</param>
    public SvgChart(bool isLead)
    {
        (_width, _height) = isLead ? (1080, 430) : (530, 320);
    }

    /// <summary>Lines of a metric against an axis.</summary>
    /// <param name="metric">The metric; its unit is told by its name.</param>
    /// <param name="xName">The axis.</param>
    /// <param name="x">Its marks.</param>
    /// <param name="lines">The lines, with the numbers of their looks.</param>
    /// <param name="xText">A value of the axis in words.</param>
    public string Lines(string metric, string xName, AxisTicks x, IReadOnlyList<(PlotSeries Line, PageLook Look)> lines, Func<double, string> xText)
    {
        (AxisTicks y, string unit) = AxisTicks.Metric(metric, lines.SelectMany(static line => line.Line.Y).Where(double.IsFinite).DefaultIfEmpty(0).Max());
        StringBuilder svg = Begin($"{metric} against {xName}");
        Frame(svg, x, y, xName, unit);
        foreach ((PlotSeries line, PageLook look) in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"line {look.Class}\" data-name=\"{Text(line.Name)}\"><path d=\"");
            for (int i = 0; i < line.X.Count; i++)
            {
                svg.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(x.At(line.X[i])):0.#} {Y(y.At(line.Y[i])):0.#}");
            }

            svg.Append("\"/>");
            for (int i = 0; i < line.X.Count; i++)
            {
                svg.Append(Point(X(x.At(line.X[i])), Y(y.At(line.Y[i])), $"{line.Name}, {xText(line.X[i])}: {MetricText.Format(metric, line.Y[i])}", look));
            }

            svg.Append("</g>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Points of two metrics, and the step line of those that nothing beats.</summary>
    /// <param name="name">What it shows.</param>
    /// <param name="across">The metric or axis that goes across.</param>
    /// <param name="x">Its marks.</param>
    /// <param name="up">The metric that goes up.</param>
    /// <param name="points">Where, what to say when pointed at, and the look.</param>
    /// <param name="front">The points that nothing beats, ascending.</param>
    public string Scatter(
        string name, string across, AxisTicks x, string up, IReadOnlyList<(double X, double Y, string Words, PageLook Look)> points, IReadOnlyList<(double X, double Y)> front)
    {
        (AxisTicks y, string unit) = AxisTicks.Metric(up, points.Max(static point => point.Y));
        StringBuilder svg = Begin(name);
        Frame(svg, x, y, across, $"{MetricText.Name(up)}{(unit.Length == 0 ? "" : $" ({unit})")}");
        svg.Append("<path class=\"front\" d=\"");
        for (int i = 0; i < front.Count; i++)
        {
            double at = X(x.At(front[i].X));
            double height = Y(y.At(front[i].Y));
            svg.Append(i == 0 ? string.Create(CultureInfo.InvariantCulture, $"M{at:0.#} {height:0.#}") : string.Create(CultureInfo.InvariantCulture, $"H{at:0.#}V{height:0.#}"));
        }

        svg.Append("\"/>");
        foreach ((double pointX, double pointY, string words, PageLook look) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"line {look.Class}\">{Point(X(x.At(pointX)), Y(y.At(pointY)), words, look)}</g>");
        }

        return svg.Append("</svg>").ToString();
    }

    private StringBuilder Begin(string name) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {_width} {_height}\" role=\"img\" aria-label=\"{Text(name)}\" preserveAspectRatio=\"xMidYMid meet\">");

    private void Frame(StringBuilder svg, AxisTicks x, AxisTicks y, string xName, string yUnit)
    {
        svg.Append("<g class=\"grid\">");
        foreach ((double value, string text) in y.Marks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(y.At(value)):0.#}H{_width - Right}\"/><text x=\"{Left - 8}\" y=\"{Y(y.At(value)) + 4:0.#}\" text-anchor=\"end\">{Text(text)}</text>");
        }

        foreach ((double value, string text) in x.Marks.Where(mark => x.At(mark.Value) is > -0.001 and < 1.001))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(x.At(value)):0.#} {Top}V{_height - Bottom}\"/><text x=\"{X(x.At(value)):0.#}\" y=\"{_height - Bottom + 18}\" text-anchor=\"middle\">{Text(text)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"</g><text class=\"axis\" x=\"{(Left + _width - Right) / 2}\" y=\"{_height - 8}\" text-anchor=\"middle\">{Text(xName)}{(x.IsLog ? ", by powers of two" : "")}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"14\" y=\"{(Top + _height - Bottom) / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {(Top + _height - Bottom) / 2})\">{Text(yUnit)}</text>");
    }

    private static string Point(double x, double y, string words, PageLook look) => string.Create(
        CultureInfo.InvariantCulture, $"<g class=\"dot\" transform=\"translate({x:0.#} {y:0.#})\"><title>{Text(words)}</title><circle r=\"9\" class=\"hit\"/><path d=\"{look.Marker}\"/></g>");

    private double X(double share) => Left + (share * (_width - Left - Right));

    private double Y(double share) => _height - Bottom - (share * (_height - Top - Bottom));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
