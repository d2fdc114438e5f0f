namespace GpuMm.Vulkan.Calibration;

/// <summary>What was measured for one size and way.</summary>
/// <param name="Path">The way.</param>
/// <param name="SizeBytes">The size.</param>
/// <param name="Count">Copies that were timed.</param>
/// <param name="QuartileNs">What the device takes when it is hardly disturbed, ns: in each order of copies a quarter of them were faster than some time; the mean of those.</param>
/// <param name="MedianNs">The same with half of them, ns.</param>
/// <param name="FitNs">What the fitted curve says, ns: the mean over the orders, with what went before in each.</param>
public sealed record CalibrationPoint(CopyPath Path, ulong SizeBytes, int Count, long QuartileNs, long MedianNs, long FitNs)
{
    /// <summary>How far the curve is from the measurement, as a part of it; positive when the curve takes longer.</summary>
    public double Residual => ((double)FitNs - QuartileNs) / QuartileNs;
}
