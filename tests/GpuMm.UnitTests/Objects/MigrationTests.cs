using System;
using System.Linq;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests;

public sealed class MigrationTests
{
    [Fact]
    public void BytesSurviveEveryRouteBetweenTheDomains()
    {
        using TestDevice test = new();
        byte[] bytes = Pattern(5 * 4096, 7);
        Placement[] all = [Placement.System, Placement.Gtt, Placement.Vram];
        foreach (Placement from in all)
        {
            foreach (Placement to in all)
            {
                BufferObject texture = test.Create(5, from);
                VmArea area = texture.Map(test.Space);
                Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, bytes));
                Assert.Equal(MmStatus.Ok, test.Place(texture, to));
                Assert.Equal(to.Places[0].Domain, test.DomainOf(texture));
                Assert.Equal(bytes, Read(test, area));
                test.AssertValid();
                test.Space.Unmap(area);
                texture.Release();
            }
        }

        Assert.Equal(0, test.Device.ObjectCount);
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
    }

    [Fact]
    public void AMoveRevokesTheMappingAndTheNextTouchFindsTheNewPlace()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(4, Placement.System);
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [1, 2, 3]);
        Pte before = test.Space.Translate(area.StartAddress);
        Assert.True(before.IsPresent && before.IsDirty);
        Assert.Equal((int)MemoryDomain.System, before.Frame.MemoryIndex);

        test.Place(texture, Placement.Vram);
        Assert.False(test.Space.Translate(area.StartAddress).IsPresent);

        byte[] read = new byte[3];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal([1, 2, 3], read);
        Pte after = test.Space.Translate(area.StartAddress);
        Assert.Equal((int)MemoryDomain.Vram, after.Frame.MemoryIndex);
        Assert.Equal(Caching.WriteCombined, after.Caching);
        Assert.False(after.IsDirty);
    }

    [Fact]
    public void OneFaultInsertsAtMostSixteenEntriesFromTheFaultingOneOn()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(40, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress + (10 * 4096) + 5, [9]);
        bool[] present = [.. Enumerable.Range(0, 40).Select(i => test.Space.Translate(area.StartAddress + ((ulong)i * 4096)).IsPresent)];
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i is >= 10 and < 26), present);
        test.Space.Write(area.StartAddress + (39 * 4096), [9]);
        Assert.Equal(17, test.Device.Statistics.InsertedPtes);
        Assert.Equal(2, test.Device.Statistics.Faults);
    }

    [Fact]
    public void TheOldestObjectIsEvictedFirst()
    {
        using TestDevice test = new(vramPages: 12);
        BufferObject a = test.Create(4, Placement.Vram, "a");
        BufferObject b = test.Create(4, Placement.Vram, "b");
        BufferObject c = test.Create(4, Placement.Vram, "c");
        a.Reserve();
        a.Unreserve(); // a is now the youngest
        BufferObject d = test.Create(4, Placement.Vram, "d");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(a));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(b));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(c));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(d));
        Assert.Equal(1, test.Device.Statistics.Evictions);
        test.AssertValid();
    }

    [Fact]
    public void PriorityComesBeforeAge()
    {
        using TestDevice test = new(vramPages: 8);
        BufferObject precious = test.Create(4, Placement.Vram, "precious", priority: 3);
        BufferObject cheap = test.Create(4, Placement.Vram, "cheap");
        test.Create(4, Placement.Vram, "new");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(precious));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(cheap));
    }

    [Fact]
    public void APinnedObjectStaysAndTheRequestFails()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject pinned = test.Create(4, Placement.Vram);
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        BufferObject other = test.Create(4, Placement.System);
        Assert.Equal(MmStatus.OutOfMemory, test.Place(other, Placement.Vram));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(pinned));
        Assert.Equal(MemoryDomain.System, test.DomainOf(other));
        Assert.Equal(MmStatus.InvalidArgument, test.Place(pinned, Placement.Gtt));
        test.AssertValid();
        pinned.Reserve();
        pinned.Unpin();
        pinned.Unreserve();
        Assert.Equal(MmStatus.Ok, test.Place(other, Placement.Vram));
        test.AssertValid();
    }

    [Fact]
    public void AnEvictionCascadesThroughAFullAperture()
    {
        using TestDevice test = new(vramPages: 4, aperturePages: 4);
        BufferObject a = test.Create(4, Placement.Vram, "a");
        BufferObject b = test.Create(4, Placement.Vram, "b");
        BufferObject c = test.Create(4, Placement.Vram, "c");

        // Evicting b: the aperture is full of a, and system RAM takes b in the first pass, before anyone is evicted.
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(a));
        Assert.Equal(MemoryDomain.System, test.DomainOf(b));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(c));
        test.AssertValid();
    }

    [Fact]
    public void AFallbackIsTakenOnlyWhenEvictionDoesNotHelp()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject first = test.Create(4, Placement.Vram, "first");
        BufferObject second = test.Create(4, Placement.VramThenGtt, "second");
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(second));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(first));
        second.Reserve();
        second.Pin();
        second.Unreserve();
        Assert.Equal(MmStatus.Ok, test.Place(first, Placement.VramThenGtt, out ulong moved));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(first));
        Assert.Equal(0ul, moved);
    }

    [Fact]
    public void ValidatingWhatIsInPlaceMovesNothing()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram);
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.VramThenGtt, out ulong moved));
        Assert.Equal(0ul, moved);
    }

    [Fact]
    public void AnEmptyPlacementDropsTheContentsAndTheNextTouchReadsZero()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, Pattern(8192, 1));
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Empty));
        Assert.Null(test.DomainOf(texture));
        test.AssertValid();
        Assert.All(Read(test, area), static b => Assert.Equal(0, b));
        Assert.Equal(MemoryDomain.System, test.DomainOf(texture));
        test.AssertValid();
    }

    [Fact]
    public void ACpuTouchOutsideTheVisibleWindowMovesTheObjectIntoIt()
    {
        using TestDevice test = new(vramPages: 16, visiblePages: 4);
        BufferObject low = test.Create(4, Placement.Vram, "low");
        BufferObject high = test.Create(4, Placement.Vram, "high");
        VmArea area = high.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [5]));

        // The window is full and only desired, so nobody is evicted for it: the aperture serves.
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(high));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(low));
        low.Release();
        test.Place(high, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.TopDown)));
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress + 4096, [6]));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(high));
        Assert.Equal(0ul, high.Resource!.StartBytes);
        test.AssertValid();
    }

    [Fact]
    public void AnUnmappedAddressIsAnAccessViolationAndAReadOnlyOneRefusesWrites()
    {
        using TestDevice test = new();
        Assert.Equal(MmStatus.AccessViolation, test.Space.Read(0x123, new byte[1]));
        Assert.Equal(MmStatus.AccessViolation, test.Space.Read(ulong.MaxValue, new byte[1]));
        BufferObject texture = test.Create(1, Placement.System);
        VmArea area = texture.Map(test.Space, VmProtection.Read);
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(MmStatus.AccessViolation, test.Space.Write(area.StartAddress, [1]));
        test.Space.Unmap(area);
        Assert.Equal(MmStatus.AccessViolation, test.Space.Read(area.StartAddress, new byte[1]));
        Assert.Throws<InvalidOperationException>(() => test.Space.Unmap(area));
    }

    [Fact]
    public void TwoAddressSpacesSeeTheSameObjectAndBothAreRevoked()
    {
        using TestDevice test = new();
        AddressSpace other = test.Device.CreateAddressSpace();
        BufferObject texture = test.Create(3, Placement.System);
        VmArea mine = texture.Map(test.Space);
        VmArea theirs = texture.Map(other, VmProtection.Read);
        byte[] seen = new byte[2];
        test.Space.Write(mine.StartAddress + 4095, [1, 2]);
        other.Read(theirs.StartAddress + 4095, seen);
        Assert.Equal([1, 2], seen);
        test.Place(texture, Placement.Gtt);
        Assert.False(test.Space.Translate(mine.StartAddress).IsPresent);
        Assert.False(other.Translate(theirs.StartAddress).IsPresent);
        other.Read(theirs.StartAddress + 4095, seen);
        Assert.Equal([1, 2], seen);
        test.AssertValid();
    }

    [Fact]
    public void AMappingKeepsTheObjectAliveUntilItIsUnmapped()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(3, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        texture.Release();
        Assert.Equal(1, test.Device.ObjectCount);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1]));
        test.Space.Unmap(area);
        Assert.Equal(0, test.Device.ObjectCount);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void SystemRamThatIsFullAnswersOutOfMemoryAndLosesNothing()
    {
        using TestDevice test = new(vramPages: 8, systemPages: 4);
        BufferObject texture = test.Create(8, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        byte[] bytes = Pattern(8 * 4096, 3);
        test.Space.Write(area.StartAddress, bytes);
        Assert.Equal(MmStatus.OutOfMemory, test.Place(texture, Placement.System));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(texture));
        Assert.Equal(bytes, Read(test, area));
        test.AssertValid();
    }

    private static byte[] Pattern(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => unchecked((byte)((i * 31) + (i >> 12) + seed)))];

    private static byte[] Read(TestDevice test, VmArea area)
    {
        byte[] bytes = new byte[area.SizeBytes];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, bytes));
        return bytes;
    }
}
