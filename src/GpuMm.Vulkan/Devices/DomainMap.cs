using System;
using System.Collections.Generic;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>Chooses the memory type for each domain, from what a device has. Knows no device: tests give it tables.</summary>
public sealed class DomainMap
{
    private readonly DomainMapping[] _mappings = new DomainMapping[3];

    private DomainMap()
    {
    }

    /// <summary>The choice for each domain, System first.</summary>
    public IReadOnlyList<DomainMapping> Mappings => _mappings;

    /// <summary>True when no two domains share a memory type.</summary>
    public bool IsDistinct => _mappings[0].TypeIndex != _mappings[1].TypeIndex &&
        _mappings[1].TypeIndex != _mappings[2].TypeIndex && _mappings[0].TypeIndex != _mappings[2].TypeIndex;

    /// <summary>The choice for one domain.</summary>
    /// <param name="domain">System, Gtt or Vram.</param>
    public DomainMapping this[MemoryDomain domain] => _mappings[(int)domain];

    /// <summary>Chooses.</summary>
    /// <param name="types">The device's memory types.</param>
    /// <param name="heaps">Its heaps.</param>
    /// <param name="allowedBits">One bit per memory type that our buffers and images may lie in.</param>
    /// <exception cref="MirrorUnavailableException">No memory type can stand for a domain.</exception>
    public static DomainMap Choose(IReadOnlyList<MemoryTypeInfo> types, IReadOnlyList<MemoryHeapInfo> heaps, uint allowedBits)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(heaps);
        DomainMap map = new();
        foreach (MemoryDomain domain in (ReadOnlySpan<MemoryDomain>)[MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram])
        {
            MemoryTypeInfo? best = null;
            long bestScore = 0;
            foreach (MemoryTypeInfo type in types)
            {
                long score = (allowedBits & (1u << type.Index)) == 0 ? 0 : Score(domain, type, heaps[type.HeapIndex]);
                if (score > bestScore)
                {
                    best = type;
                    bestScore = score;
                }
            }

            if (best is null)
            {
                throw new MirrorUnavailableException($"no memory type of the device can stand for {domain}");
            }

            map._mappings[(int)domain] = new DomainMapping(domain, best.Index, best.HeapIndex, FitOf(domain, best));
        }

        return map;
    }

    // 0 means impossible. Bits count more than size, which only decides between types that are alike.
    private static long Score(MemoryDomain domain, MemoryTypeInfo type, MemoryHeapInfo heap)
    {
        const MemoryPropertyFlags Mapped = MemoryPropertyFlags.HostVisibleBit | MemoryPropertyFlags.HostCoherentBit;
        long sizeMiB = (long)Math.Min(heap.SizeBytes >> 20, int.MaxValue);
        bool isLocal = type.Has(MemoryPropertyFlags.DeviceLocalBit);
        bool isCached = type.Has(MemoryPropertyFlags.HostCachedBit);
        if (type.Has(MemoryPropertyFlags.LazilyAllocatedBit) || type.Has(MemoryPropertyFlags.ProtectedBit))
        {
            return 0;
        }

        return domain switch
        {
            MemoryDomain.Vram => isLocal ? Weigh(sizeMiB, !type.Has(MemoryPropertyFlags.HostVisibleBit), false) : 0,
            MemoryDomain.Gtt => type.Has(Mapped) ? Weigh(sizeMiB, !isLocal, !isCached) : 0,
            _ => type.Has(Mapped) ? Weigh(sizeMiB, !isLocal, isCached) : 0,
        };
    }

    private static long Weigh(long sizeMiB, bool first, bool second) => 1 + sizeMiB + (first ? 1L << 40 : 0) + (second ? 1L << 36 : 0);

    private static string FitOf(MemoryDomain domain, MemoryTypeInfo type)
    {
        bool isLocal = type.Has(MemoryPropertyFlags.DeviceLocalBit);
        return domain switch
        {
            MemoryDomain.Vram => type.Has(MemoryPropertyFlags.HostVisibleBit) ? "device-local, and the CPU sees it too" : "device-local",
            MemoryDomain.Gtt => isLocal ? "host-visible and coherent, but device-local: there is no other" : "host-visible and coherent",
            _ => type.Has(MemoryPropertyFlags.HostCachedBit)
                ? isLocal ? "host-cached, but device-local: there is no other" : "host-cached"
                : "host-visible; nothing is cached",
        };
    }
}
