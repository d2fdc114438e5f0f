using System;

namespace GpuMm.Simulation;

/// <summary>How fast bytes pass: a fixed cost and a rate.</summary>
/// <param name="LatencyNs">Cost of a transfer of nothing, ns; 0 or more.</param>
/// <param name="BytesPerSecond">Rate; at least 1.</param>
public readonly record struct Bandwidth(long LatencyNs, long BytesPerSecond)
{
    /// <summary>Time for a transfer, rounded up to whole nanoseconds.</summary>
    /// <param name="sizeBytes">Bytes, up to 2^63.</param>
    public long DurationNs(ulong sizeBytes) => LatencyNs + StreamNs(sizeBytes);

    /// <summary>Time at the rate alone, without the fixed cost, rounded up to whole nanoseconds.</summary>
    /// <param name="sizeBytes">Bytes, up to 2^63.</param>
    public long StreamNs(ulong sizeBytes)
    {
        const ulong NsPerSecond = 1_000_000_000;
        ulong rate = (ulong)BytesPerSecond;

        // Up to 16 GiB the product fits 64 bits; the wide division is slow.
        return sizeBytes <= ulong.MaxValue / NsPerSecond
            ? (long)DivideUp(sizeBytes * NsPerSecond, rate)
            : (long)((((UInt128)sizeBytes * NsPerSecond) + rate - 1) / rate);
    }

    private static ulong DivideUp(ulong dividend, ulong divisor) =>
        (dividend / divisor) + (dividend % divisor == 0 ? 0ul : 1ul);
}
