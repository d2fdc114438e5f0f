using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Space and pages that a thread keeps for itself once threads have met: nobody can tell, but by the time it takes.</summary>
public sealed class SpaceApartTests
{
    private const ulong Page = 4096;

    [Fact]
    public void ASingleThreadKeepsNothing()
    {
        using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
        BufferObject moved = test.Create(2, Placement.Vram);
        test.Place(moved, Placement.Gtt);
        test.Place(moved, Placement.Vram);
        Assert.Equal((0ul, 0ul), (ThreadsApart.SpaceOf(test.Device, MemoryDomain.Gtt), ThreadsApart.PagesOf(test.Device)));
    }

    [Fact]
    public void WhatIsKeptIsNotInUseAndIsTakenAgain()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(MmStatus.Ok, test.Place(moved, Placement.Gtt));
            Assert.Equal((2 * Page, 0ul), (ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram), ThreadsApart.PagesOf(test.Device)));
            Assert.Equal((0ul, 2 * Page, 2 * Page), Used(test));
            Assert.Equal(MmStatus.Ok, test.Place(moved, Placement.Vram));
            Assert.Equal((2 * Page, 2 * Page), (ThreadsApart.SpaceOf(test.Device, MemoryDomain.Gtt), ThreadsApart.PagesOf(test.Device)));
            Assert.Equal((2 * Page, 0ul, 0ul), Used(test));
        }

        test.AssertValid();
    }

    [Fact]
    public void WhoFindsNoRoomGetsWhatIsKept()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram, "moved");
        test.Place(moved, Placement.Gtt);
        Assert.NotEqual(0ul, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram));
        BufferObject whole = test.Create(4, Placement.Vram, "whole"); // All there is, the two kept pages included.
        Assert.Equal((0, MemoryDomain.Vram), ((int)test.Device.Statistics.Evictions, test.DomainOf(whole)));
        test.AssertValid();
    }

    [Fact]
    public void WhoFindsNoPagesGetsWhatIsKept()
    {
        using TestDevice test = Apart(systemPages: 4, aperturePages: 8);
        BufferObject moved = test.Create(2, Placement.Gtt, "moved");
        test.Place(moved, Placement.Vram);
        Assert.Equal(2 * Page, ThreadsApart.PagesOf(test.Device));
        test.Create(4, Placement.Gtt, "all pages");
        Assert.Equal(0ul, ThreadsApart.PagesOf(test.Device));
        test.AssertValid();
    }

    [Fact]
    public void SpaceOfAnotherSizeOrAlignmentIsNotTaken()
    {
        using TestDevice test = Apart();
        test.Create(1, Placement.Vram, "in front");
        BufferObject moved = test.Create(2, Placement.Vram, "moved");
        ulong start = StartOf(moved);
        test.Place(moved, Placement.Gtt);
        BufferObject small = test.Create(1, Placement.Vram, "small");
        Assert.Equal(2 * Page, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram));
        BufferObject dear = test.Create(1, Placement.Vram, "dear", priority: 2);
        Assert.Equal((Page, 0ul), (start, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram))); // There was no other room.
        small.Release();
        OperationContext context = default;
        BufferObjectDescription aligned = new(Page, "aligned", AlignmentBytes: 2 * Page, Priority: 2);
        dear.Release();
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(aligned, Placement.Vram, ref context, out BufferObject? made));
        Assert.Equal(0ul, StartOf(made!) % (2 * Page));
        test.AssertValid();
    }

    [Fact]
    public void WhoBelongsOnAnotherListTakesOtherSpace()
    {
        using TestDevice test = Apart(vramPages: 8);
        BufferObject moved = test.Create(2, Placement.Vram, "moved");
        test.Place(moved, Placement.Gtt);
        test.Create(2, Placement.Vram, "dear", priority: 2);
        Assert.Equal(2 * Page, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram));
        test.AssertValid();
    }

    [Fact]
    public void TheOrderIsThatOfUseAndKeptSpaceIsNotInIt()
    {
        using TestDevice test = Apart(vramPages: 8);
        BufferObject first = test.Create(2, Placement.Vram, "first");
        BufferObject second = test.Create(2, Placement.Vram, "second");
        test.Place(first, Placement.Gtt);
        test.Place(first, Placement.Vram); // The same space, and the youngest now.
        Assert.Equal([second.Resource!, first.Resource!], test.Device.Manager(MemoryDomain.Vram).OrderOf(0));
        test.Place(first, Placement.Gtt);
        Assert.Equal([second.Resource!], test.Device.Manager(MemoryDomain.Vram).OrderOf(0));
    }

    [Fact]
    public void ThePeakIsOfWhatWasUsedNotOfWhatWasKept()
    {
        using TestDevice test = Apart(vramPages: 8);
        BufferObject moved = test.Create(2, Placement.Vram, "moved");
        test.Place(moved, Placement.Gtt);
        BufferObject other = test.Create(3, Placement.Vram, "other");
        Assert.Equal(3 * Page, test.Device.Manager(MemoryDomain.Vram).PeakBytes);
        test.Place(moved, Placement.Vram);
        Assert.Equal(5 * Page, test.Device.Manager(MemoryDomain.Vram).PeakBytes);
        Assert.Equal(2 * Page, test.Device.SystemPagesPeakBytes);
        other.Release();
    }

    [Fact]
    public void WhoListensEndsIt()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram);
        test.Place(moved, Placement.Gtt);
        test.Place(moved, Placement.Vram);
        test.Device.AddObserver(new EvictionJournal());
        Assert.Equal((0ul, 0ul), (ThreadsApart.SpaceOf(test.Device, MemoryDomain.Gtt), ThreadsApart.PagesOf(test.Device)));
        test.Place(moved, Placement.Gtt);
        Assert.Equal(0ul, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram));
        test.AssertValid();
    }

    // Whoever takes space inherits the copies that still read it: kept space has none, so there may be none.
    [Fact]
    public void ACopyThatRunsEndsIt()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram);
        test.Place(moved, Placement.Gtt);
        FenceContext engine = new("engine");
        ResourceManager vram = test.Device.Manager(MemoryDomain.Vram);
        Assert.True(vram.TryAddEvictionFence(engine.Issue()));
        Assert.Equal(0ul, vram.Kept.KeptBytes);
        OperationContext context = new() { NoWaitGpu = true };
        MmStatus status = test.Device.TryCreate(new BufferObjectDescription(2 * Page), Placement.Vram, ref context, out _);
        Assert.Equal(MmStatus.OutOfMemory, status); // Who may not wait gets none of it.
        engine.SignalTo(1);
    }

    [Fact]
    public void ADomainThatMustNotBeUsedGivesOutNothingThatWasKept()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram);
        test.Place(moved, Placement.Gtt);
        test.Device.Manager(MemoryDomain.Vram).IsUsed = false;
        Assert.Equal(MmStatus.OutOfMemory, test.Place(moved, Placement.Vram));
        Assert.Equal(0ul, ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram));
    }

    // A search that found nothing learns that some came back since: also where it came back to a thread's own.
    [Fact]
    public void WhatComesBackToBeKeptCountsOnceAfterASearch()
    {
        using TestDevice test = Apart();
        BufferObject moved = test.Create(2, Placement.Vram);
        ResourceManager vram = test.Device.Manager(MemoryDomain.Vram);
        vram.OrderOf(0); // Ends the keeping, as a search would.
        ulong pagesGiven = test.Device.SystemPages.GiveCount;
        ulong changes = vram.ChangeCount;
        test.Place(moved, Placement.Gtt);
        test.Place(moved, Placement.Vram);
        Assert.NotEqual(changes, vram.ChangeCount);
        Assert.NotEqual(pagesGiven, test.Device.SystemPages.GiveCount);
    }

    private static TestDevice Apart(ulong vramPages = 4, ulong aperturePages = 4, ulong systemPages = 16)
    {
        TestDevice test = new(vramPages, aperturePages, systemPages);
        ThreadsApart.Begin(test.Device);
        return test;
    }

    private static (ulong Vram, ulong Gtt, ulong Pages) Used(TestDevice test) => (
        test.Device.Manager(MemoryDomain.Vram).UsedBytes, test.Device.Manager(MemoryDomain.Gtt).UsedBytes, test.Device.SystemPagesUsedBytes);

    private static ulong StartOf(BufferObject target) => target.Resource!.StartBytes;
}
