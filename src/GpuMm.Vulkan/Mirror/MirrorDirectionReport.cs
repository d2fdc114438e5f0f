namespace GpuMm.Vulkan.Mirror;

/// <summary>The copies of one direction.</summary>
/// <param name="From">From here; the same as <paramref name="To"/> for cleared memory.</param>
/// <param name="To">To there.</param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">How much.</param>
/// <param name="DeviceNs">Between their timestamps, ns.</param>
public sealed record MirrorDirectionReport(MemoryDomain From, MemoryDomain To, long Count, long Bytes, long DeviceNs);
