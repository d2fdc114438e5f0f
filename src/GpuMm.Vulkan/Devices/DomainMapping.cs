namespace GpuMm.Vulkan.Devices;

/// <summary>Which memory type stands for a domain.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="TypeIndex">The memory type.</param>
/// <param name="HeapIndex">Its heap.</param>
/// <param name="Fit">How well it fits, in words.</param>
public sealed record DomainMapping(MemoryDomain Domain, int TypeIndex, int HeapIndex, string Fit);
