namespace GpuMm.Vulkan.Memory;

/// <summary>What a timed copy was.</summary>
/// <param name="ObjectId">The object.</param>
/// <param name="From">From here.</param>
/// <param name="To">To there; the same as <paramref name="From"/> when the target was cleared.</param>
/// <param name="SizeBytes">How much.</param>
/// <param name="ModelNs">What the model says it takes, ns; 0 when the model takes no time for it.</param>
internal readonly record struct CopyTag(ulong ObjectId, MemoryDomain From, MemoryDomain To, ulong SizeBytes, long ModelNs);
