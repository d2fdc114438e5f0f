using System.Collections.Generic;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>One memory type of a device.</summary>
/// <param name="Index">Vulkan's number for it.</param>
/// <param name="HeapIndex">The heap it takes from.</param>
/// <param name="Properties">Vulkan's property bits.</param>
public sealed record MemoryTypeInfo(int Index, int HeapIndex, uint Properties)
{
    /// <summary>The property bits by name.</summary>
    public IReadOnlyList<string> PropertyNames
    {
        get
        {
            List<string> names = [];
            Add(names, MemoryPropertyFlags.DeviceLocalBit, "device-local");
            Add(names, MemoryPropertyFlags.HostVisibleBit, "host-visible");
            Add(names, MemoryPropertyFlags.HostCoherentBit, "host-coherent");
            Add(names, MemoryPropertyFlags.HostCachedBit, "host-cached");
            Add(names, MemoryPropertyFlags.LazilyAllocatedBit, "lazily-allocated");
            Add(names, MemoryPropertyFlags.ProtectedBit, "protected");
            return names;
        }
    }

    internal bool Has(MemoryPropertyFlags flags) => ((MemoryPropertyFlags)Properties & flags) == flags;

    private void Add(List<string> names, MemoryPropertyFlags flag, string name)
    {
        if (Has(flag))
        {
            names.Add(name);
        }
    }
}
