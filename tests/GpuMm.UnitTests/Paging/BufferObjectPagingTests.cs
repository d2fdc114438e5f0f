using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>The handler of buffer objects: large pages, base pages, parts, debugger, unplugging.</summary>
public sealed class BufferObjectPagingTests
{
    private const ulong LargePages = 512;

    [Fact]
    public void AnAlignedObjectIsShownByOneLargeEntryAndRevokedAsOne()
    {
        using TestDevice test = new(vramPages: 4 * LargePages, aperturePages: 2 * LargePages, systemPages: 4 * LargePages, backing: BackingKind.PageHeads);
        AddressSpace space = test.Device.CreateAddressSpace(new AddressSpaceOptions { UsesHugePages = true });
        BufferObject texture = Create(test, 2 * LargePages, alignmentPages: LargePages);
        VmArea area = texture.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress + 4096, [1]));
        Assert.True(space.Translate(area.StartAddress + 8192).IsHuge);
        Assert.Equal((int)LargePages, space.CountUsedPages(area.StartAddress, area.SizeBytes, isClearing: true, out int dirty));
        Assert.Equal((int)LargePages, dirty);
        test.AssertValid();
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Gtt));
        Assert.False(space.Translate(area.StartAddress).IsPresent);
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress + 4096, read));
        Assert.Equal(1, read[0]);
        test.AssertValid();
    }

    [Fact]
    public void AnObjectThatIsNotAlignedFallsBackToSmallEntries()
    {
        using TestDevice test = new(vramPages: 4 * LargePages, backing: BackingKind.PageHeads);
        AddressSpace space = test.Device.CreateAddressSpace(new AddressSpaceOptions { UsesHugePages = true });
        test.Create(1, Placement.Vram);
        BufferObject texture = test.Create(2 * LargePages, Placement.Vram);
        VmArea area = texture.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [1]));
        Assert.Equal(texture.Resource!.StartBytes % (2ul << 20) == 0, space.Translate(area.StartAddress).IsHuge);
        test.AssertValid();
    }

    [Fact]
    public void AGibibyteIsOneEntryAndTakingAPartAwayRevokesAllOfIt()
    {
        const ulong Giant = LargePages * LargePages;
        using TestDevice test = new(vramPages: Giant, backing: BackingKind.None);
        AddressSpace space = test.Device.CreateAddressSpace(new AddressSpaceOptions { UsesHugePages = true });
        BufferObject texture = Create(test, Giant, alignmentPages: Giant);
        VmArea area = texture.Map(space);
        ulong before = space.PageTableBytes;
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress + (1ul << 29), new byte[1]));
        Assert.True(space.PageTableBytes - before <= 2 * 4096);
        Assert.Equal(1, test.Device.Statistics.Faults);
        Assert.Equal(MmStatus.Ok, space.Read(area.EndAddress - 1, new byte[1]));
        Assert.Equal(1, test.Device.Statistics.Faults);
        Assert.Equal(MmStatus.Ok, space.Unmap(area.StartAddress, 4096));
        Assert.False(space.Translate(area.StartAddress + (1ul << 29)).IsPresent);
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress + (1ul << 29), new byte[1]));
        test.AssertValid();
    }

    [Fact]
    public void SixtyFourKiBBasePagesNeedFramesInARow()
    {
        using TestDevice test = new(vramPages: 64);
        AddressSpace space = test.Device.CreateAddressSpace(new AddressSpaceOptions { BasePageBytes = 65536 });
        BufferObject texture = test.Create(32, Placement.Vram);
        VmArea area = texture.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress + 70_000, [4]));
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Gtt));
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress + 70_000, read));
        Assert.Equal(4, read[0]);
        test.AssertValid();
        Assert.Throws<ArgumentException>(() => test.Create(3, Placement.Vram).Map(space));
    }

    [Fact]
    public void RemappedPagesOfAnObjectFollowItsMoves()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(8, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        for (byte i = 0; i < 8; i++)
        {
            test.Space.Write(area.StartAddress + (i * 4096u), [i]);
        }

        for (ulong i = 0; i < 8; i++)
        {
            test.Space.RemapFilePages(area.StartAddress + (i * 4096), 4096, texture.Window.FirstPage + 7 - i);
        }

        foreach (Placement placement in (Placement[])[Placement.Gtt, Placement.Vram, Placement.System])
        {
            byte[] read = new byte[1];
            test.Space.Read(area.StartAddress + 4096, read);
            Assert.Equal(6, read[0]);
            Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + (2 * 4096), read, AccessKind.Read));
            Assert.Equal(5, read[0]);
            test.AssertValid();
            test.Place(texture, placement);
            test.AssertValid();
        }

        test.Space.RemapFilePages(area.StartAddress, 4096, texture.Window.EndPage);
        Assert.Equal(MmStatus.BusError, test.Space.Read(area.StartAddress, new byte[1]));
    }

    [Theory]
    [InlineData(MemoryDomain.System)]
    [InlineData(MemoryDomain.Gtt)]
    [InlineData(MemoryDomain.Vram)]
    public void ADebuggerReadsAndWritesWithoutFaultingAndNotBeyondTheEnd(MemoryDomain domain)
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(3, new Placement(new Place(domain)));
        VmArea area = texture.Map(test.Space);
        byte[] bytes = [1, 2, 3, 4];
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + 4094, bytes, AccessKind.Write));
        byte[] read = new byte[4];
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + 4094, read, AccessKind.Read));
        Assert.Equal(bytes, read);
        Assert.False(test.Space.Translate(area.StartAddress + 4094).IsPresent);
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress + 4094, read));
        Assert.Equal(bytes, read);
        Assert.Equal(MmStatus.BusError, test.Space.AccessRemote(area.EndAddress - 3, bytes, AccessKind.Read));
        Assert.Equal(MmStatus.AccessViolation, test.Space.AccessRemote(area.EndAddress, bytes, AccessKind.Read));
    }

    [Fact]
    public void ADebuggerGoesThroughSeveralAreasOrTouchesNothing()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(4, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Protect(area.StartAddress + 4096, 4096, VmProtection.Read));
        Assert.Equal(3, test.Space.AreaCount);
        byte[] bytes = new byte[3 * 4096];
        Array.Fill(bytes, (byte)5);
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress + 2048, bytes, AccessKind.Write));
        byte[] read = new byte[bytes.Length];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress + 2048, read));
        Assert.Equal(bytes, read);
        Assert.Equal(MmStatus.Ok, test.Space.Unmap(area.StartAddress + 8192, 4096));
        Array.Fill(bytes, (byte)6);
        Assert.Equal(MmStatus.BusError, test.Space.AccessRemote(area.StartAddress, bytes, AccessKind.Write));
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress + 2048, read.AsSpan(0, 1)));
        Assert.Equal(5, read[0]);
    }

    [Fact]
    public void AnUnpluggedDeviceShowsZerosEverywhereAndNothingCrashes()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(40, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        byte[] bytes = new byte[40 * 4096];
        Array.Fill(bytes, (byte)9);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, bytes));
        test.Device.Unplug();
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress + 5000, bytes.AsSpan(0, 1)));
        Assert.Equal(0, bytes[0]);
        Assert.Equal(test.Space.Translate(area.StartAddress).Frame, test.Space.Translate(area.EndAddress - 1).Frame);
        long faults = test.Device.Statistics.Faults;
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, bytes));
        Assert.Equal(faults, test.Device.Statistics.Faults);
        Assert.All(bytes, static b => Assert.Equal(0, b));
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1]));
        Assert.Equal(MmStatus.BusError, test.Space.AccessRemote(area.StartAddress, bytes, AccessKind.Read));
        test.AssertValid();
        test.Space.Unmap(area);
        texture.Release();
        test.AssertValid();
    }

    [Fact]
    public void AFaultAllocatesNothing()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(16, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        byte[] one = new byte[1];
        for (int round = 0; round < 3; round++)
        {
            ManagedBytes bytes = ManagedBytes.Count();
            test.Space.Read(area.StartAddress, one);
            test.Space.Write(area.StartAddress, one);
            texture.Reserve();
            test.Device.Mapping.Unmap(texture.Window);
            texture.Reservation.Unlock();
            long allocated = bytes.Allocated;
            Assert.True(round == 0 || allocated == 0, $"A fault and its revocation allocated {allocated} bytes.");
        }
    }

    private static BufferObject Create(TestDevice test, ulong pages, ulong alignmentPages)
    {
        OperationContext context = default;
        BufferObjectDescription description = new(pages * 4096, "large", AlignmentBytes: alignmentPages * 4096);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? made));
        return made!;
    }
}
