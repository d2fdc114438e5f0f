using System;

namespace GpuMm.RenderLoop.Frames;

/// <summary>How many frames took how long, in buckets.</summary>
public sealed class Histogram
{
    private static readonly long[] s_edgesNs =
    [
        4_000_000, 8_000_000, 12_000_000, 16_700_000, 20_000_000, 25_000_000, 33_400_000, 50_000_000, 100_000_000, 250_000_000,
    ];

    private readonly long[] _counts = new long[s_edgesNs.Length + 1];

    /// <summary>Upper ends of the buckets, ns, each included; the last bucket has none.</summary>
    public static ReadOnlySpan<long> EdgesNs => s_edgesNs;

    /// <summary>Frames in each bucket; one entry more than <see cref="EdgesNs"/>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Counts one frame.</summary>
    /// <param name="frameNs">Its time, ns.</param>
    public void Add(long frameNs)
    {
        int bucket = 0;
        while (bucket < s_edgesNs.Length && frameNs > s_edgesNs[bucket])
        {
            bucket++;
        }

        _counts[bucket]++;
    }
}
