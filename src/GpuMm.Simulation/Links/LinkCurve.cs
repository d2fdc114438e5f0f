using System;

namespace GpuMm.Simulation;

/// <summary>Throughput that grows with the size of a transfer: (2a/pi) * atan(b * KiB) GiB per second.</summary>
/// <param name="PeakGiBPerSecond">a: what very large transfers reach, GiB per second; more than 0.</param>
/// <param name="PerKiB">b: how soon they reach it, per KiB; more than 0.</param>
/// <remarks>
/// Source: the fit of UVM-Smart (gpgpu-sim_UVMSmart, 2020), a = 12, 24 or 48 for PCIe of 16, 32 or 64 GB/s, b = 0.07292.
/// </remarks>
public readonly record struct LinkCurve(double PeakGiBPerSecond, double PerKiB)
{
    private const double BytesPerGiB = 1024.0 * 1024 * 1024;

    /// <summary>The peak rate, bytes per second, rounded to a whole number.</summary>
    public long PeakBytesPerSecond => (long)Math.Round(PeakGiBPerSecond * BytesPerGiB);

    /// <summary>Throughput of a transfer of some size, bytes per second; 0 for nothing.</summary>
    /// <param name="sizeBytes">Bytes.</param>
    public double BytesPerSecond(ulong sizeBytes) =>
        2 * PeakGiBPerSecond * BytesPerGiB / Math.PI * ExactMath.Atan(PerKiB * (sizeBytes / 1024.0));

    /// <summary>Time for a transfer, to the nearest nanosecond.</summary>
    /// <param name="sizeBytes">Bytes; 0 takes as long as the smallest transfer.</param>
    public long DurationNs(ulong sizeBytes)
    {
        ulong bytes = Math.Max(1, sizeBytes);
        return (long)Math.Round(bytes * 1e9 / BytesPerSecond(bytes));
    }
}
