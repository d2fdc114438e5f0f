using System;
using System.Text;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>What fails changes nothing; and what a manager or a driver of one's own is asked.</summary>
public sealed class UnchangedOnFailureTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void WithoutMemoryForANewTableNothingIsDropped(bool isBusy, bool hasTable)
    {
        using TestDevice test = new();
        FenceContext jobs = new("job");
        BufferObject target = test.Create(2, hasTable ? Placement.Gtt : Placement.Vram);
        VmArea area = target.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [7]));
        target.Reserve();
        if (isBusy)
        {
            target.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        }

        Resource? resource = target.Resource;
        TranslationTable? table = target.Pages;
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.CreateTable);
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, target.Validate(Placement.Empty, ref context));
        Assert.Same(resource, target.Resource);
        Assert.Same(table, target.Pages);
        Assert.Equal(1, test.Device.ObjectCount); // No ghost either.
        target.Unreserve();
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal(7, read[0]);
        jobs.SignalTo(jobs.IssuedSeqno);
        test.AssertValid();
    }

    [Fact]
    public void ATableForACopyIsNotZeroedAndOneThatLostItsContentsIs()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.Vram);
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Gtt));
        Assert.Equal(TranslationFlags.None, target.Pages!.Flags); // The copy filled every page.
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Empty));
        Assert.Equal(TranslationFlags.ZeroAlloc, target.Pages.Flags);
        Assert.False(target.Pages.IsPopulated);
    }

    [Fact]
    public void AnObjectThatDoesNotFitIntoTheDeviceFileTakesNothingOfIt()
    {
        using GpuDevice device = new(new GpuDeviceOptions { MappablePages = 4 }, new InlineDriver());
        MemoryGroup group = device.RootGroup.CreateChild("group");
        OperationContext context = default;
        Assert.Equal(MmStatus.NoSpace, device.TryCreate(new BufferObjectDescription(5 * 4096, Group: group), Placement.System, ref context, out _));
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4 * 4096), Placement.System, ref context, out BufferObject? fits));
        Assert.Equal(new PageWindow(0, 4), fits!.Window);
        Assert.Equal(MmStatus.NoSpace, device.TryCreate(new BufferObjectDescription(4096), Placement.System, ref context, out _));
        Assert.Equal(
            MmStatus.Ok,
            device.TryCreate(new BufferObjectDescription(4096, Kind: BufferObjectKind.Kernel), Placement.System, ref context, out _));
        Assert.True(group.TryRemove());
    }

    [Fact]
    public void TheDriverHearsThatAnObjectCouldNotBeCreated()
    {
        ListeningDriver driver = new();
        using TestDevice test = new(vramPages: 2, driver: driver);
        OperationContext context = default;
        BufferObjectDescription tooLarge = new(4 * 4096, "too large");
        Assert.Equal(MmStatus.OutOfMemory, test.Device.TryCreate(tooLarge, Placement.Vram, ref context, out BufferObject? none));
        Assert.Null(none);
        Assert.Equal("too large", driver.Released);
    }

    [Fact]
    public void AManagerOfOnesOwnSaysWhatIsInPlaceWhatIsInTheWayAndWhatIsShown()
    {
        using TestDevice test = new(vramPages: 64);
        OwnManager manager = new(16 * 4096);
        test.Device.SetManager(manager);
        Placement low = new(new Place(MemoryDomain.Private0, PlaceFlags.None, 0, 2));
        BufferObject target = test.Create(2, new Placement(new Place(MemoryDomain.Private0, PlaceFlags.TopDown)));
        Assert.Equal(MmStatus.Ok, test.Place(target, low, out ulong moved));
        Assert.Equal(0ul, moved); // The manager says that it is in place.
        manager.SaysCompatible = false;
        Assert.Equal(MmStatus.Ok, test.Place(target, low, out moved));
        Assert.Equal(2 * 4096ul, moved);
        target.Reserve();
        Assert.True(test.Device.Driver.IsEvictionValuable(target, low.Places[0]));
        manager.SaysInTheWay = false;
        Assert.False(test.Device.Driver.IsEvictionValuable(target, low.Places[0]));
        target.Unreserve();
        Assert.Contains("my own line", test.Device.Dump(), StringComparison.Ordinal);
    }

    private sealed class ListeningDriver : InlineDriver
    {
        public string? Released { get; private set; }

        public override void OnReleased(BufferObject gone) => Released = gone.Name;
    }

    private sealed class OwnManager(ulong sizeBytes) : ResourceManager(MemoryDomain.Private0, sizeBytes, usesPages: true)
    {
        private readonly RangeSpace _space = new(sizeBytes);

        public bool SaysCompatible { get; set; } = true;

        public bool SaysInTheWay { get; set; } = true;

        public override bool IsCompatible(Resource resource, in Place place) => SaysCompatible;

        public override bool Intersects(Resource resource, in Place place) => SaysInTheWay;

        protected override MmStatus TryAllocateSpace(in SpaceRequest request, ref RangeList ranges) => _space.TryAllocate(request, ref ranges);

        protected override void ReleaseSpace(ref RangeList ranges) => _space.Release(ref ranges);

        protected override void DumpSpace(StringBuilder text) => text.Append("  my own line\n");
    }
}
