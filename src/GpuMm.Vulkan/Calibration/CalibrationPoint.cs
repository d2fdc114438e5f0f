namespace GpuMm.Vulkan.Calibration;

/// <summary>What was measured for one size and way.</summary>
/// <param name="Path">The way.</param>
/// <param name="SizeBytes">The size.</param>
/// <param name="Count">Copies that were timed.</param>
/// <param name="QuartileNs">A quarter of them were faster, ns: what the device takes when it is hardly disturbed.</param>
/// <param name="MedianNs">Half of them were faster, ns.</param>
/// <param name="FitNs">What the fitted curve says, ns.</param>
public sealed record CalibrationPoint(CopyPath Path, ulong SizeBytes, int Count, long QuartileNs, long MedianNs, long FitNs)
{
    /// <summary>How far the curve is from the measurement, as a part of it; positive when the curve takes longer.</summary>
    public double Residual => ((double)FitNs - QuartileNs) / QuartileNs;
}
