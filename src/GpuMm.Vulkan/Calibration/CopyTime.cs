namespace GpuMm.Vulkan.Calibration;

/// <summary>What a copy took, and what went before it.</summary>
/// <param name="SizeBytes">How much was copied.</param>
/// <param name="BytesBefore">How much the copy before it copied; 0 when there was none, or when that is not to count.</param>
/// <param name="Ns">What it took, ns; above 0.</param>
public readonly record struct CopyTime(ulong SizeBytes, ulong BytesBefore, double Ns);
