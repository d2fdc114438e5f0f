using System.Collections.Generic;
using System.Threading;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>A device's mapping has parts, by who made the object: each move looks in one, and nobody else can tell.</summary>
public sealed class MappingPartsTests
{
    private const ulong Page = 4096;

    [Fact]
    public void ObjectsOfTwoThreadsAreInPartsOfTheirOwn()
    {
        using TestDevice test = new();
        (BufferObject own, BufferObject other) = (test.Create(2, Placement.Vram), ByAnotherThread(test));
        (VmArea ownArea, VmArea otherArea) = (own.Map(test.Space), other.Map(test.Space));
        Touch(test, ownArea, 2);
        Touch(test, otherArea, 2);
        other.Reserve();
        own.Reserve();
        Assert.Equal(0, test.Device.Mapping.Unmap(other.Window, own.PartIndex));
        Assert.Equal(2, test.Device.Mapping.Unmap(other.Window, other.PartIndex));
        Assert.Equal(2, test.Device.Mapping.Unmap(own.Window, own.PartIndex));
        own.Unreserve();
        other.Unreserve();
        test.AssertValid();
    }

    [Fact]
    public void WhoLooksAtAWindowSeesEveryPart()
    {
        using TestDevice test = new();
        (BufferObject own, BufferObject other) = (test.Create(2, Placement.Vram), ByAnotherThread(test));
        (VmArea ownArea, VmArea otherArea) = (own.Map(test.Space), other.Map(test.Space));
        Touch(test, ownArea, 2);
        Touch(test, otherArea, 2);
        PageWindow all = new(0, other.Window.EndPage);
        List<VmArea> areas = [];
        test.Device.Mapping.CollectAreas(all, areas);
        Assert.Equal(2, test.Device.Mapping.AreaCount);
        Assert.Equal(new HashSet<VmArea> { ownArea, otherArea }, [.. areas]);
        ulong zapCount = test.Device.Mapping.ZapCount;
        own.Reserve();
        other.Reserve();
        Assert.Equal(4, test.Device.Mapping.Unmap(all));
        own.Unreserve();
        other.Unreserve();
        Assert.True(test.Device.Mapping.ZapCount > zapCount, "A revocation counts, wherever it finds something.");
        test.Space.Unmap(ownArea);
        test.Space.Unmap(otherArea);
        Assert.Equal((0, 0), (test.Device.Mapping.AreaCount, test.Device.Mapping.Unmap(all)));
    }

    [Fact]
    public void PiecesOfAnAreaStayInItsPart()
    {
        using TestDevice test = new();
        BufferObject other = ByAnotherThread(test);
        VmArea area = other.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Protect(area.StartAddress + Page, Page, VmProtection.Read));
        Touch(test, area, 2);
        Assert.Equal(2, test.Device.Mapping.AreaCount);
        Assert.Equal(MmStatus.Ok, test.Place(other, Placement.Gtt));
        Assert.False(test.Space.Translate(area.StartAddress + Page).IsPresent);
        test.AssertValid();
        Touch(test, area, 2);
        Assert.Equal(MmStatus.Ok, test.Space.Protect(area.StartAddress, 2 * Page, VmProtection.ReadWrite)); // One piece again
        Assert.Equal(1, test.Device.Mapping.AreaCount);
        Assert.Equal(MmStatus.Ok, test.Place(other, Placement.Vram));
        Assert.False(test.Space.Translate(area.StartAddress).IsPresent);
        test.AssertValid();
    }

    // Threads share parts when there are more of them; so as many are tried as it takes.
    private static BufferObject ByAnotherThread(TestDevice test)
    {
        int own = ThreadPart.Own;
        BufferObject? made = null;
        while (made is null)
        {
            Thread maker = new(() => made = ThreadPart.Own == own ? null : test.Create(2, Placement.Vram));
            maker.Start();
            maker.Join();
        }

        return made;
    }

    private static void Touch(TestDevice test, VmArea area, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress + ((ulong)i * Page), new byte[1]));
        }
    }
}
