namespace GpuMm.Vulkan.Calibration;

/// <summary>One move of the workload that was predicted.</summary>
/// <param name="Frame">Its frame.</param>
/// <param name="From">From here; the same as <paramref name="To"/> when memory was cleared.</param>
/// <param name="To">To there.</param>
/// <param name="SizeBytes">How much.</param>
/// <param name="MeasuredNs">The lower quartile of the rounds, ns.</param>
/// <param name="PredictedNs">What the profile says, ns.</param>
public sealed record VerifiedMove(int Frame, MemoryDomain From, MemoryDomain To, ulong SizeBytes, long MeasuredNs, long PredictedNs);
