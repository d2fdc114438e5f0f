using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Drivers that throw, requests that cannot be, callers that do not want to wait: nothing is kept, nobody suffers.</summary>
public sealed class SurvivalTests
{
    [Fact]
    public void ADriverThatThrowsLeavesNeitherSpaceNorLocksBehind()
    {
        ThrowingDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(2, Placement.Gtt, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [7]);
        driver.IsBroken = true;
        texture.Reserve();
        Assert.Throws<NotSupportedException>(() =>
        {
            OperationContext context = default;
            texture.Validate(Placement.Vram, ref context);
        });
        texture.Unreserve();
        Assert.Throws<NotSupportedException>(() => test.Create(2, Placement.Vram, "never"));
        driver.IsBroken = false;
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
        Assert.Equal(1, test.Device.ObjectCount);
        test.AssertValid();
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal(7, read[0]);
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Vram));
    }

    [Fact]
    public void AnObjectThatCanNeverFitEvictsNobody()
    {
        using TestDevice test = new(vramPages: 8);
        BufferObject a = test.Create(4, Placement.Vram, "a");
        BufferObject b = test.Create(4, Placement.Vram, "b");
        BufferObject huge = test.Create(9, Placement.System, "huge");
        Assert.Equal(MmStatus.OutOfMemory, test.Place(huge, Placement.Vram));
        Assert.Equal(MmStatus.OutOfMemory, test.Place(huge, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.None, 6, 3))));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(a));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(b));
        Assert.Equal(0, test.Device.Statistics.Evictions);
    }

    [Fact]
    public void AnAlignmentThatIsNoPowerOfTwoIsRefused()
    {
        using TestDevice test = new();
        OperationContext context = default;
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            test.Device.TryCreate(new BufferObjectDescription(4096, AlignmentBytes: 6000), Placement.Vram, ref context, out _));
    }

    [Fact]
    public void WithoutWaitingNobodyIsEvictedForSpaceThatIsOnlyBusy()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 8, driver: driver);
        BufferObject a = test.Create(4, Placement.Vram, "a");
        BufferObject b = test.Create(4, Placement.Vram, "b");
        driver.Copies.SignalTo(driver.Copies.IssuedSeqno);
        test.Place(a, Placement.Gtt);
        OperationContext context = new() { NoWaitGpu = true };
        test.Device.TryCreate(new BufferObjectDescription(4 * 4096), Placement.VramThenGtt, ref context, out BufferObject? made);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(made!));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(b));
        Assert.DoesNotContain(driver.Log, static line => line.StartsWith("wait", StringComparison.Ordinal));
        test.AssertValid();
    }

    [Fact]
    public void TheLaterOfTwoCopiesOfOneTimelineIsTheOneThatIsInherited()
    {
        FenceContext copies = new("copy");
        Fence first = copies.Issue();
        Fence second = copies.Issue();
        EvictionFences fences = new();
        Assert.True(fences.TryAdd(second));
        Assert.True(fences.TryAdd(first)); // Its mover was overtaken.
        copies.SignalTo(1);
        Assert.True(fences.TryGetUnsignaled(out Fence inherited));
        Assert.Equal(second, inherited);
    }

    [Fact]
    public void AFullCardDoesNotWaitForCopiesThatCannotHelpIt()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 8, driver: driver);
        BufferObject a = test.Create(4, Placement.Gtt, "a");
        BufferObject b = test.Create(4, Placement.Gtt, "b");
        BufferObject c = test.Create(4, Placement.Gtt, "c");
        AcquireContext acquire = new();
        acquire.LockAll([a.Reservation, b.Reservation, c.Reservation]);
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, a.Validate(Placement.Vram, ref context));
        Assert.Equal(MmStatus.Ok, b.Validate(Placement.Vram, ref context));
        Assert.Equal(MmStatus.OutOfMemory, c.Validate(Placement.Vram, ref context));
        acquire.UnlockAll();
        Assert.DoesNotContain(driver.Log, static line => line.StartsWith("wait", StringComparison.Ordinal));
    }

    [Fact]
    public void AReferenceCannotBeTakenFromNothing()
    {
        using TestDevice test = new();
        BufferObject gone = test.Create(1, Placement.System);
        gone.Release();
        Assert.Throws<InvalidOperationException>(gone.AddReference);
        Assert.Throws<InvalidOperationException>(gone.Release);
    }

    private sealed class ThrowingDriver : InlineDriver
    {
        public bool IsBroken { get; set; }

        public override MoveResult Move(in MoveRequest request) =>
            IsBroken ? throw new NotSupportedException("The copy engine is on fire.") : base.Move(request);
    }
}
