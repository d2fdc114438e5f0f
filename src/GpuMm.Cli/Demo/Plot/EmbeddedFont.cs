using System;
using System.IO;
using ScottPlot;
using SkiaSharp;

namespace GpuMm.Cli.Demo;

/// <summary>The font of the plots, built in: the same picture on every machine, also on one that has no fonts.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The name that plots ask for.</summary>
    public const string Family = "GpuMm Sans";

    private const string Resource = "DejaVuSans-subset.ttf";

    private static readonly Lazy<bool> s_isRegistered = new(static () =>
    {
        Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        return true;
    });

    /// <summary>Makes the font known; once is enough.</summary>
    public static void Register() => _ = s_isRegistered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
    {
        if (!string.Equals(fontName, Family, StringComparison.Ordinal))
        {
            return null;
        }

        using Stream stream = typeof(EmbeddedFont).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The font {Resource} is not built in.");
        return SKTypeface.FromStream(stream);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, bold ? FontWeight.Bold : FontWeight.Normal, italic ? FontSlant.Italic : FontSlant.Upright, FontSpacing.Normal);
}
