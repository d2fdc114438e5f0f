using GpuMm.Paging;

namespace GpuMm.Objects;

/// <summary>Where the CPU sees a resource on the bus. <c>default</c>: not reserved, cached.</summary>
/// <param name="AddressBytes">First byte in the window.</param>
/// <param name="IsIoMemory">True when it is a device's memory, not pages.</param>
/// <param name="Caching">How the CPU's caches treat it.</param>
public readonly record struct BusMapping(ulong AddressBytes, bool IsIoMemory, Caching Caching);
