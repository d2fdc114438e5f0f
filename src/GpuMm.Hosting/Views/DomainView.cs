namespace GpuMm.Hosting.Views;

/// <summary>One domain at a moment.</summary>
/// <param name="Domain">Its name: system, gtt or vram.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="UsedBytes">Bytes given out.</param>
/// <param name="PeakBytes">Most bytes ever given out at a time.</param>
/// <param name="VisibleBytes">How much of it the CPU reaches.</param>
public sealed record DomainView(string Domain, ulong SizeBytes, ulong UsedBytes, ulong PeakBytes, ulong VisibleBytes);
