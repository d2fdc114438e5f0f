using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace GpuMm.Lab.Report;

/// <summary>The looks of a page's lines: colour, marker and dash, told apart by anyone.</summary>
internal static class PageLooks
{
    // Okabe and Ito, "Color Universal Design" (2008), without yellow and black; a lighter set stands on dark ground.
    private static readonly string[] s_onLight = ["#0072B2", "#D55E00", "#009E73", "#B85490", "#2E9BD6", "#B87900"];
    private static readonly string[] s_onDark = ["#4DA8E0", "#FF8A3D", "#2CCFA0", "#E79BC7", "#8FD0F5", "#F0B429"];

    // Circle, square, triangle, diamond, triangle down, plus: all about 8 units wide around 0,0.
    private static readonly string[] s_markers =
    [
        "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M-3.6 -3.6H3.6V3.6H-3.6Z", "M0 -4.8L4.6 3.6H-4.6Z", "M0 -5L5 0L0 5L-5 0Z", "M0 4.8L4.6 -3.6H-4.6Z",
        "M-1.4 -4.6H1.4V-1.4H4.6V1.4H1.4V4.6H-1.4V1.4H-4.6V-1.4H-1.4Z",
    ];

    private static readonly string[] s_dashes = ["none", "7 4", "2 4", "10 3 2 3"];

    /// <summary>The look of a line.</summary>
    /// <param name="number">Its number, from 0.</param>
    public static PageLook Of(int number)
    {
        int color = number % s_onLight.Length;
        return new PageLook(
            string.Create(CultureInfo.InvariantCulture, $"look{number % SvgChart.MaxLines}"),
            s_markers[(color + (number / s_onLight.Length)) % s_markers.Length]);
    }

    /// <summary>Whether a policy is a bound that none can reach without knowing the future.</summary>
    /// <param name="policy">Its name.</param>
    public static bool IsBound(string policy) => policy is "belady" or "bound";

    /// <summary>A key of the legend.</summary>
    /// <param name="look">The look.</param>
    public static string Key(PageLook look) => $"<svg class=\"key\" viewBox=\"0 0 34 14\" aria-hidden=\"true\"><g class=\"line {look.Class}\"><path d=\"M1 7H33\"/><g class=\"dot\" transform=\"translate(17 7)\"><path d=\"{look.Marker}\"/></g></g></svg>";

    /// <summary>The style of all looks.</summary>
    public static string Style()
    {
        StringBuilder style = new();
        for (int i = 0; i < SvgChart.MaxLines; i++)
        {
            int color = i % s_onLight.Length;
            style.Append(CultureInfo.InvariantCulture, $".look{i}{{--c:light-dark({s_onLight[color]},{s_onDark[color]})}}");
            style.Append(CultureInfo.InvariantCulture, $".look{i}>path{{stroke-dasharray:{s_dashes[i / s_onLight.Length % s_dashes.Length]}}}");
        }

        return style.ToString();
    }

    /// <summary>Gives each name a look of its own, the same in every chart.</summary>
    /// <param name="names">The names of the lines.</param>
    public static IReadOnlyDictionary<string, PageLook> Assign(IEnumerable<string> names)
    {
        Dictionary<string, PageLook> looks = new(System.StringComparer.Ordinal);
        int number = 0;
        foreach (string name in names)
        {
            if (!looks.ContainsKey(name))
            {
                looks[name] = IsBound(name) ? new PageLook(name, "M-2 -2H2V2H-2Z") : Of(number++);
            }
        }

        return looks;
    }
}
