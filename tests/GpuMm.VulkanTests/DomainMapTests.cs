using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>Which memory stands for a domain, on devices that nobody has here: tables as their drivers report them.</summary>
public sealed class DomainMapTests
{
    private const MemoryPropertyFlags Local = MemoryPropertyFlags.DeviceLocalBit;
    private const MemoryPropertyFlags Coherent = MemoryPropertyFlags.HostVisibleBit | MemoryPropertyFlags.HostCoherentBit;
    private const MemoryPropertyFlags Cached = MemoryPropertyFlags.HostCachedBit;

    [Fact]
    public void ADiscreteCardHasAMemoryForEachDomain()
    {
        // As NVIDIA's driver reports it: 24 GiB of the card's, system memory, a window of 256 MiB.
        DomainMap map = Choose(
            [(24ul << 30, true), (32ul << 30, false), (256ul << 20, true)],
            (1, 0), (0, Local), (1, Coherent), (1, Coherent | Cached), (2, Local | Coherent));
        Assert.Equal([3, 2, 1], map.Mappings.Select(static m => m.TypeIndex));
        Assert.True(map.IsDistinct);
        Assert.Equal("device-local", map[MemoryDomain.Vram].Fit);
    }

    [Fact]
    public void ACardWithAResizableWindowKeepsVideoMemoryOutOfIt()
    {
        DomainMap map = Choose(
            [(16ul << 30, true), (32ul << 30, false)],
            (0, Local), (1, Coherent), (0, Local | Coherent), (1, Coherent | Cached));
        Assert.Equal([3, 1, 0], map.Mappings.Select(static m => m.TypeIndex));
    }

    [Fact]
    public void AnIntegratedDeviceSharesItsHeapButNotAllTypes()
    {
        DomainMap map = Choose([(16ul << 30, true)], (0, Local), (0, Local | Coherent), (0, Local | Coherent | Cached));
        Assert.Equal([2, 1, 0], map.Mappings.Select(static m => m.TypeIndex));
        Assert.Contains("there is no other", map[MemoryDomain.Gtt].Fit, StringComparison.Ordinal);
    }

    [Fact]
    public void OneTypeStandsForAll()
    {
        DomainMap map = Choose([(2ul << 30, true)], (0, Local | Coherent | Cached));
        Assert.Equal([0, 0, 0], map.Mappings.Select(static m => m.TypeIndex));
        Assert.False(map.IsDistinct);
    }

    [Fact]
    public void TypesThatOurBuffersMayNotLieInAreNotChosen()
    {
        List<MemoryTypeInfo> types = [new(0, 0, (uint)Local), new(1, 0, (uint)(Local | Coherent | Cached))];
        DomainMap map = DomainMap.Choose(types, [new MemoryHeapInfo(0, 1 << 30, true, null, null)], allowedBits: 0b10);
        Assert.Equal(1, map[MemoryDomain.Vram].TypeIndex);
    }

    [Fact]
    public void ADeviceWithoutMappableMemoryIsRefused()
    {
        MirrorUnavailableException refused = Assert.Throws<MirrorUnavailableException>(() => Choose([(1ul << 30, true)], (0, Local)));
        Assert.Contains("can stand for System", refused.Message, StringComparison.Ordinal);
    }

    private static DomainMap Choose((ulong Bytes, bool IsLocal)[] heaps, params (int Heap, MemoryPropertyFlags Flags)[] types) =>
        DomainMap.Choose(
            [.. types.Select(static (type, index) => new MemoryTypeInfo(index, type.Heap, (uint)type.Flags))],
            [.. heaps.Select(static (heap, index) => new MemoryHeapInfo(index, heap.Bytes, heap.IsLocal, null, null))],
            uint.MaxValue);
}
