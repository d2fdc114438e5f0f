using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>What a what-if varies. Every combination is run.</summary>
public sealed record MatrixAxes
{
    /// <summary>Most runs of a what-if, those that refine a knee not counted.</summary>
    public const int MaxRuns = 4096;

    /// <summary>Sizes of video memory, bytes; ascending, no duplicates, at least one.</summary>
    public required IReadOnlyList<ulong> VramBytes { get; init; }

    /// <summary>Links; at least one.</summary>
    public required IReadOnlyList<LinkChoice> Links { get; init; }

    /// <summary>
    /// How much of video memory the CPU sees, bytes; <see cref="DemoOptions.MaxMemoryBytes"/> for all of it, null for what the
    /// machine shows. At least one.
    /// </summary>
    public required IReadOnlyList<ulong?> BarBytes { get; init; }

    /// <summary>Eviction policies by name; at least one.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>Lines of the plot: combinations of everything but the size.</summary>
    public int SeriesCount => Links.Count * BarBytes.Count * Policies.Count;

    /// <summary>Runs, those that refine a knee not counted.</summary>
    public int RunCount => SeriesCount * VramBytes.Count;

    /// <summary>Every line, policies varying fastest.</summary>
    public IReadOnlyList<MatrixPoint> Series()
    {
        List<MatrixPoint> points = new(SeriesCount);
        foreach (LinkChoice link in Links)
        {
            foreach (ulong? bar in BarBytes)
            {
                foreach (string policy in Policies)
                {
                    points.Add(new MatrixPoint(link, bar, policy));
                }
            }
        }

        return points;
    }

    /// <summary>What a line is called: only what differs between lines.</summary>
    /// <param name="point">The line.</param>
    public string NameOf(MatrixPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        List<string> parts = [];
        if (Policies.Count > 1)
        {
            parts.Add(point.Policy);
        }

        if (Links.Count > 1)
        {
            parts.Add(point.Link.Name);
        }

        if (BarBytes.Count > 1)
        {
            parts.Add("BAR " + BarName(point.BarBytes));
        }

        return parts.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{point.Policy}, {point.Link.Name}")
            : string.Join(", ", parts);
    }

    /// <summary>A window's size for people.</summary>
    /// <param name="barBytes">Bytes, as in <see cref="BarBytes"/>.</param>
    public static string BarName(ulong? barBytes) => barBytes switch
    {
        null => "of the machine",
        DemoOptions.MaxMemoryBytes => "all",
        { } some => ByteSize.Format(some),
    };
}
