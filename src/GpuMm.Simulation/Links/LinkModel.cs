using System;
using System.Collections.Generic;

namespace GpuMm.Simulation;

/// <summary>The bus between system RAM and the card: how long a transfer takes that has it for itself.</summary>
/// <remarks>
/// A transfer is an overhead, during which others use the bus, and a stream at the peak rate, which users share
/// in equal parts. Without a curve the overhead is the latency; with one it is what the curve
/// takes longer than the stream.
/// </remarks>
public sealed record LinkModel
{
    private readonly Bandwidth _peak = new(0, 1);

    /// <summary>Short name, as the command line takes it.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Fixed cost of each transfer, ns; 0 or more. A curve's own cost of small transfers comes on top.</summary>
    public long LatencyNs { get; init; }

    /// <summary>Peak rate in each direction, bytes per second; at least 1.</summary>
    public required long BytesPerSecond
    {
        get => _peak.BytesPerSecond;
        init => _peak = new Bandwidth(0, value);
    }

    /// <summary>True when both directions run at full rate at once; false when they share it, as on AGP.</summary>
    public bool IsFullDuplex { get; init; } = true;

    /// <summary>How throughput grows with size; null for a constant rate.</summary>
    public LinkCurve? Curve { get; init; }

    /// <summary>What a transfer takes longer behind a large one; nothing by default. Not in <see cref="DurationNs"/>.</summary>
    public ColdStart Cold { get; init; }

    /// <summary>Where the figures come from.</summary>
    public IReadOnlyList<FigureSource> Sources { get; init; } = [];

    /// <summary>A link without a name: a fixed cost and a rate.</summary>
    /// <param name="bandwidth">Both.</param>
    public static implicit operator LinkModel(Bandwidth bandwidth) => FromBandwidth(bandwidth);

    /// <summary>A link without a name: a fixed cost and a rate.</summary>
    /// <param name="bandwidth">Both.</param>
    public static LinkModel FromBandwidth(Bandwidth bandwidth) => new()
    {
        Name = "custom",
        LatencyNs = bandwidth.LatencyNs,
        BytesPerSecond = bandwidth.BytesPerSecond,
    };

    /// <summary>Time at the peak rate, rounded up to whole nanoseconds.</summary>
    /// <param name="sizeBytes">Bytes, up to 2^63.</param>
    public long StreamNs(ulong sizeBytes) => _peak.StreamNs(sizeBytes);

    /// <summary>What a transfer takes beside its stream, ns.</summary>
    /// <param name="sizeBytes">Bytes.</param>
    public long OverheadNs(ulong sizeBytes) =>
        LatencyNs + (Curve is { } curve ? Math.Max(0, curve.DurationNs(sizeBytes) - StreamNs(sizeBytes)) : 0);

    /// <summary>Time for a transfer that has the link for itself, ns.</summary>
    /// <param name="sizeBytes">Bytes.</param>
    public long DurationNs(ulong sizeBytes) => OverheadNs(sizeBytes) + StreamNs(sizeBytes);

    /// <summary>The same link at a multiple of its rate; fixed costs stay.</summary>
    /// <param name="factor">More than 0.</param>
    /// <remarks>A curve keeps the product of its parameters, so that small transfers take as long as before.</remarks>
    public LinkModel Scaled(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        return this with
        {
            Name = FormattableString.Invariant($"{Name}*{factor:0.###}"),
            BytesPerSecond = Math.Max(1, (long)Math.Round(BytesPerSecond * factor)),
            Curve = Curve is { } curve ? new LinkCurve(curve.PeakGiBPerSecond * factor, curve.PerKiB / factor) : null,
        };
    }
}
