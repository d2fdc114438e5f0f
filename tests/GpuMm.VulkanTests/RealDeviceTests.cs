using System;
using System.Linq;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>What is decided for devices that nobody has here: queues, memory and budgets as their drivers report them.</summary>
public sealed class RealDeviceTests
{
    private const ulong GiB = 1ul << 30;
    private const MemoryPropertyFlags Local = MemoryPropertyFlags.DeviceLocalBit;
    private const MemoryPropertyFlags Coherent = MemoryPropertyFlags.HostVisibleBit | MemoryPropertyFlags.HostCoherentBit;
    private const MemoryPropertyFlags Cached = MemoryPropertyFlags.HostCachedBit;

    // A GeForce: graphics and compute, copies alone, compute alone, video.
    private static readonly QueueFamilyInfo[] s_nvidia =
    [
        new(0, 16, true, true, true, 64, true),
        new(1, 2, false, false, true, 64, true),
        new(2, 8, false, true, true, 64, true),
        new(3, 1, false, false, true, 32, true),
    ];

    // A Radeon: graphics and compute, compute alone, and a copy engine that does without fine copies and may lack timestamps.
    private static readonly QueueFamilyInfo[] s_amd =
    [
        new(0, 1, true, true, true, 64, true),
        new(1, 4, false, true, true, 64, true),
        new(2, 1, false, false, true, 64, false),
    ];

    private static readonly QueueFamilyInfo[] s_intel = [new(0, 1, true, true, true, 36, true)];

    [Fact]
    public void TheCopyEngineOfACardCopies()
    {
        QueueChoice choice = QueueChoice.Of(s_nvidia, resetsQueriesFromHost: true);
        Assert.Equal((1, 0), (choice.Copies.Index, choice.Shaders.Index));
        Assert.False(choice.IsOneQueue);
    }

    [Fact]
    public void WithoutQueryResetFromTheCpuACopyEngineIsOfNoUse() =>
        Assert.True(QueueChoice.Of(s_nvidia, resetsQueriesFromHost: false).IsOneQueue);

    [Fact]
    public void ACopyEngineThatCopiesInBlocksOrHasNoTimestampsIsNotChosen()
    {
        Assert.Equal(0, QueueChoice.Of(s_amd, resetsQueriesFromHost: true).Copies.Index);
        Assert.Equal(2, QueueChoice.Of([s_amd[0], s_amd[1], s_amd[2] with { FineCopies = true }], true).Copies.Index);
        Assert.Equal(0, QueueChoice.Of([s_amd[0], s_amd[1], s_amd[2] with { FineCopies = true, TimestampBits = 0 }], true).Copies.Index);
    }

    [Fact]
    public void AnIntegratedDeviceDoesAllOnOneQueue() => Assert.True(QueueChoice.Of(s_intel, resetsQueriesFromHost: true).IsOneQueue);

    [Fact]
    public void GraphicsIsFoundWhereverItStands()
    {
        QueueChoice choice = QueueChoice.Of([s_nvidia[1] with { Index = 0 }, s_nvidia[0] with { Index = 1 }], resetsQueriesFromHost: true);
        Assert.Equal((0, 1), (choice.Copies.Index, choice.Shaders.Index));
    }

    [Fact]
    public void ADeviceThatOnlyComputesIsRefused()
    {
        MirrorUnavailableException refused = Assert.Throws<MirrorUnavailableException>(() => QueueChoice.Of([s_nvidia[1], s_nvidia[2]], true));
        Assert.Contains("no queue family both draws and computes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARadeonWithASmallWindowKeepsItsVideoMemoryOutOfIt()
    {
        // 7.75 GiB that the CPU does not see, 256 MiB that it does, the system's memory.
        MemoryHeapInfo[] heaps = [Heap(0, 31 * GiB / 4, true), Heap(1, 16 * GiB, false), Heap(2, GiB / 4, true)];
        DomainMap map = DomainMap.Choose(
            Types((0, Local), (1, Coherent), (2, Local | Coherent), (1, Coherent | Cached)), heaps, uint.MaxValue);
        Assert.Equal([3, 1, 0], map.Mappings.Select(static mapping => mapping.TypeIndex));
        Assert.Equal((0, 1), (map[MemoryDomain.Vram].HeapIndex, map[MemoryDomain.Gtt].HeapIndex));
        Assert.True(map.IsDistinct);
    }

    [Fact]
    public void MemoryThatIsCachedOnTheCardOnlyOrProtectedStandsForNothing()
    {
        // AMD's coherent and uncached types, and protected memory, come before the plain ones on some drivers.
        DomainMap map = DomainMap.Choose(
            Types((0, Local | MemoryPropertyFlags.ProtectedBit), (0, Local | MemoryPropertyFlags.LazilyAllocatedBit), (0, Local), (1, Coherent | Cached)),
            [Heap(0, 8 * GiB, true), Heap(1, 16 * GiB, false)],
            uint.MaxValue);
        Assert.Equal([3, 3, 2], map.Mappings.Select(static mapping => mapping.TypeIndex));
    }

    [Theory]
    [InlineData(10, null, 10)] // Nobody knows: all of it.
    [InlineData(10, 0, 10)] // A driver that lists the extension and answers nothing.
    [InlineData(10, 4, 4)] // Others use the rest.
    [InlineData(10, 12, 10)] // Never more than there is.
    public void TheBudgetCapsWhatAHeapGives(int sizeMiB, int? budgetMiB, int expectedMiB)
    {
        MemoryHeapInfo heap = new(0, (ulong)sizeMiB << 20, true, budgetMiB is { } budget ? (ulong)budget << 20 : null, 0);
        Assert.Equal((ulong)expectedMiB << 20, heap.GivableBytes);
        Assert.Equal(0ul, heap.ObjectBytes % 4096);
        Assert.InRange(heap.ObjectBytes, (heap.GivableBytes / 10 * 9) - 4095, heap.GivableBytes / 10 * 9);
    }

    private static MemoryHeapInfo Heap(int index, ulong sizeBytes, bool isLocal) => new(index, sizeBytes, isLocal, null, null);

    private static MemoryTypeInfo[] Types(params (int Heap, MemoryPropertyFlags Flags)[] types) =>
        [.. types.Select(static (type, index) => new MemoryTypeInfo(index, type.Heap, (uint)type.Flags))];
}
