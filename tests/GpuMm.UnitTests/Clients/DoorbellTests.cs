using System;
using GpuMm.Backing;
using GpuMm.Clients.Doorbells;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Clients;

/// <summary>Doorbells: the offset is a code, the owner is checked, and nobody reaches his neighbour's page.</summary>
public sealed class DoorbellTests
{
    [Fact]
    public void TheCodeHas25And2And1Bits()
    {
        DoorbellOffset offset = new((1 << 25) - 1, DoorbellResource.SendQueue, QueueKind.Pair);
        Assert.Equal(0xfff_fffdu, offset.Code);
        Assert.True(DoorbellOffset.TryDecode(offset.Code, out DoorbellOffset decoded));
        Assert.Equal(offset, decoded);
        Assert.False(DoorbellOffset.TryDecode(1u << 28, out _));
        Assert.False(DoorbellOffset.TryDecode(3u << 1, out _));
        Assert.False(DoorbellOffset.TryDecode(new DoorbellOffset(1, DoorbellResource.SendQueue, QueueKind.Completion).Code, out _));
    }

    [Fact]
    public void AStrangerIsRefused()
    {
        using PhysicalMemory memory = Memory();
        AddressSpace owner = new(memory);
        DoorbellAdapter adapter = new();
        DoorbellQueue queue = Queue(adapter, owner);
        DoorbellOffset bell = new(queue.Handle, DoorbellResource.Doorbell, QueueKind.Pair);
        Assert.Equal(MmStatus.InvalidArgument, adapter.TryMap(new AddressSpace(memory), bell, out _));
        Assert.Equal(MmStatus.InvalidArgument, adapter.TryMap(owner, bell with { Handle = 99 }, out _));
        Assert.Equal(MmStatus.InvalidArgument, adapter.TryMap(owner, bell with { Kind = QueueKind.Completion }, out _));
        Assert.Equal(MmStatus.Ok, adapter.TryMap(owner, bell, out _));
    }

    [Theory]
    [InlineData(4096ul)]
    [InlineData(65536ul)]
    public void OnlyTheOneHardwarePageShows(ulong basePageBytes)
    {
        using PhysicalMemory memory = Memory();
        AddressSpace space = new(memory, null, new AddressSpaceOptions { BasePageBytes = basePageBytes });
        DoorbellAdapter adapter = new();
        DoorbellQueue queue = Queue(adapter, space);
        adapter.TryMap(space, new DoorbellOffset(queue.Handle, DoorbellResource.Doorbell, QueueKind.Pair), out VmArea? area);
        byte[] all = new byte[basePageBytes];
        Assert.Equal(MmStatus.Ok, space.Write(area!.StartAddress, all.AsSpan(0, 1)));
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress + basePageBytes - 4096 + 8, [0x55]));
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, all));
        for (ulong at = 0; at < basePageBytes; at++)
        {
            Assert.Equal(at % 4096 == 8 ? 0x55 : 0, all[at]);
        }

        byte[] neighbour = new byte[4096];
        memory.Read(new FrameIndex(0, 6), 0, neighbour);
        Assert.All(neighbour, static b => Assert.Equal(0xee, b));
        Assert.Equal(Caching.Uncached, space.Translate(area.StartAddress).Caching);
    }

    [Fact]
    public void AQueueThatIsMappedCannotGoAndSplitPartsCount()
    {
        using PhysicalMemory memory = Memory();
        AddressSpace space = new(memory);
        DoorbellAdapter adapter = new();
        DoorbellQueue queue = Queue(adapter, space);
        adapter.TryMap(space, new DoorbellOffset(queue.Handle, DoorbellResource.SendQueue, QueueKind.Pair), out VmArea? area);
        Assert.Equal(MmStatus.Ok, space.Write(area!.StartAddress + 4096, [3]));
        Assert.Equal(new FrameIndex(0, 21), space.Translate(area.StartAddress + 4096).Frame);
        Assert.Equal(MmStatus.Busy, adapter.DestroyQueue(queue));
        space.Unmap(area.StartAddress + 4096, 4096);
        Assert.Equal(2, adapter.UseCount(queue, DoorbellResource.SendQueue));
        Assert.Equal(MmStatus.Ok, space.RemapFilePages(area.StartAddress, 4096, area.Window.FirstPage + 40));
        Assert.Equal(MmStatus.BusError, space.Read(area.StartAddress, new byte[1]));
        space.Unmap(area.StartAddress, 4 * 4096);
        Assert.Equal(MmStatus.Ok, adapter.DestroyQueue(queue));
    }

    private static PhysicalMemory Memory()
    {
        PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.Bytes, 64 * 4096));
        byte[] foreign = new byte[4096];
        Array.Fill(foreign, (byte)0xee);
        memory.Write(new FrameIndex(0, 4), 0, foreign);
        memory.Write(new FrameIndex(0, 6), 0, foreign);
        return memory;
    }

    private static DoorbellQueue Queue(DoorbellAdapter adapter, AddressSpace owner) => adapter.CreateQueue(
        owner, new DoorbellQueueDescription(QueueKind.Pair, new FrameIndex(0, 5), new FrameIndex(0, 16), new FrameIndex(0, 20), 4));
}
