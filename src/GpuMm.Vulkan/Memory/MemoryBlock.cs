using GpuMm.Ranges;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Memory;

/// <summary>One real allocation of device memory, given out in pieces by an allocator of ours.</summary>
internal sealed unsafe class MemoryBlock(DeviceMemory memory, ulong sizeBytes, byte* address)
{
    public DeviceMemory Memory { get; } = memory;

    public ulong SizeBytes { get; } = sizeBytes;

    /// <summary>Where the CPU sees it; null when it does not.</summary>
    public byte* Address { get; } = address;

    public RangeSpace Space { get; } = new(sizeBytes);
}
