using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Moves whose copies end later: who waits, what is inherited, what is given back when.</summary>
public sealed class PipelinedMoveTests
{
    [Fact]
    public void AFaultDuringACopyDropsTheAddressSpaceWaitsAndRetries()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(4, Placement.Gtt, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [1, 2, 3]);
        test.Place(texture, Placement.Vram);
        driver.Log.Clear();
        byte[] read = new byte[3];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal([1, 2, 3], read);
        Assert.Equal(["wait copy:1"], driver.Log);
        Assert.Equal(1, test.Device.Statistics.FaultRetries);
        test.AssertValid();
    }

    [Fact]
    public void WhoeverTakesEvictedSpaceInheritsTheCopyOutOfIt()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        BufferObject old = test.Create(4, Placement.Vram, "old");
        BufferObject young = test.Create(4, Placement.Vram, "young");
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(old));
        young.Reserve();
        Assert.True(young.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence inherited));
        Assert.Same(driver.Copies, inherited.Context);
        young.Unreserve();
        Assert.False(inherited.IsSignaled); // Nobody waited.
        test.AssertValid();
    }

    [Fact]
    public void ACopyThatIsDoneIsReapedBehindOneThatRuns()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        FenceContext other = new("other engine");
        BufferObject slow = test.Create(4, Placement.Gtt, "slow");
        BufferObject fast = test.Create(2, Placement.Gtt, "fast");
        test.Place(slow, Placement.Vram);
        driver.Scripted.Enqueue(MoveResult.Queued(other.Issue()));
        test.Place(fast, Placement.Vram);
        other.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(4ul * 4096, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        driver.Copies.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void WhoHoldsASharedReservationReapsWhatWasDeletedUnderIt()
    {
        using TestDevice test = new(vramPages: 4, driver: new ManualDriver());
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4 * 4096, "gone", SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? gone));
        FenceContext job = new("job");
        shared.AddFence(job.Issue(), FenceUsage.Read);
        gone!.Release(); // Nobody can take the lock, for we hold it: it stays behind.
        Assert.Equal(1, test.Device.ObjectCount);
        job.SignalTo(1);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description with { Name = "next" }, Placement.Vram, ref context, out BufferObject? next));
        shared.Unlock();
        Assert.Equal(1, test.Device.ObjectCount);
        Assert.Equal(0, test.Device.Statistics.Evictions);
        next!.Release();
        test.AssertValid();
    }

    [Fact]
    public void SystemPagesAreGivenBackOnlyWhenTheCopyOutOfThemIsDone()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(4, Placement.Gtt);
        test.Place(texture, Placement.Vram);
        Assert.Equal(4ul * 4096, test.Device.SystemPagesUsedBytes);
        Assert.Equal(4ul * 4096, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        Assert.Equal(0, test.Device.Reap());
        driver.Copies.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void AHopIsTakenAndCountedAndLeavesNothingBehind()
    {
        ManualDriver driver = new() { NeedsHop = true };
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(2, Placement.System, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [7]);
        driver.Log.Clear();
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Vram, out ulong moved));
        Assert.Equal(["t:System>Vram", "t:System>Gtt", "t:Gtt>Vram"], driver.Log);
        Assert.Equal(4ul * 4096, moved);
        driver.Copies.SignalTo(1);
        test.Device.Reap();
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void AHopWithoutRoomLeavesTheObjectWhereItWas()
    {
        ManualDriver driver = new() { NeedsHop = true };
        using TestDevice test = new(aperturePages: 2, driver: driver);
        BufferObject blocker = test.Create(2, Placement.Gtt, "blocker");
        blocker.Reserve();
        blocker.Pin();
        blocker.Unreserve();
        BufferObject texture = test.Create(2, Placement.System, "t");
        Assert.Equal(MmStatus.OutOfMemory, test.Place(texture, Placement.Vram));
        Assert.Equal(MemoryDomain.System, test.DomainOf(texture));
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void AFailedMoveKeepsPlaceBytesAndBooks()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [7]);
        driver.Scripted.Enqueue(MoveResult.Failure(MmStatus.Interrupted));
        Assert.Equal(MmStatus.Interrupted, test.Place(texture, Placement.Gtt));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(texture));
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
        byte[] read = new byte[1];
        test.Space.Read(area.StartAddress, read);
        Assert.Equal(7, read[0]);
        test.AssertValid();
    }

    [Fact]
    public void ADriverThatSendsAnObjectInCirclesIsStopped()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        for (int i = 0; i < 20; i++)
        {
            driver.Scripted.Enqueue(MoveResult.Via(new Place(MemoryDomain.Gtt)));
            driver.Scripted.Enqueue(MoveResult.Done);
        }

        texture.Reserve();
        OperationContext context = default;
        Assert.Throws<InvalidOperationException>(() => texture.Validate(Placement.System, ref context));
        texture.Unreserve();
    }

    [Fact]
    public void ABusyObjectLivesOnAfterItsLastReferenceAndIsReapedByWhoeverNeedsItsRoom()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        FenceContext jobs = new("job");
        BufferObject gone = test.Create(4, Placement.Vram, "gone");
        gone.Reserve();
        gone.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        gone.Unreserve();
        gone.Release();
        Assert.Equal(1, test.Device.ObjectCount);
        Assert.Equal(0, test.Device.Reap());
        driver.Log.Clear();
        BufferObject next = test.Create(4, Placement.Vram, "next");
        Assert.Contains("wait job:1", driver.Log);
        Assert.DoesNotContain(driver.Log, static line => line.StartsWith("gone:", StringComparison.Ordinal));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(next));
        Assert.Equal(1, test.Device.ObjectCount);
        test.Device.Reap();
        test.AssertValid();
    }

    [Fact]
    public void WithoutWaitingForTheGpuTheNextPlaceIsTaken()
    {
        ManualDriver driver = new();
        using TestDevice test = new(vramPages: 4, driver: driver);
        BufferObject first = test.Create(4, Placement.Vram, "first");
        test.Place(first, Placement.Gtt); // VRAM is free, but the copy out of it still runs.
        OperationContext context = new() { NoWaitGpu = true };
        MmStatus status = test.Device.TryCreate(
            new BufferObjectDescription(4096),
            new Placement(new Place(MemoryDomain.Vram, PlaceFlags.Desired), new Place(MemoryDomain.Gtt, PlaceFlags.Fallback)),
            ref context,
            out BufferObject? made);
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(made!));
        Assert.DoesNotContain(driver.Log, static line => line.StartsWith("wait", StringComparison.Ordinal));
    }

    [Fact]
    public void AllocatingFromAFullSystemWaitsForPagesThatAreOnTheirWayBack()
    {
        ManualDriver driver = new();
        using TestDevice test = new(systemPages: 4, driver: driver);
        BufferObject first = test.Create(4, Placement.Gtt, "first");
        test.Place(first, Placement.Vram);
        BufferObject second = test.Create(4, Placement.Gtt, "second");
        Assert.Contains("wait copy:1", driver.Log);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(second));
        test.AssertValid();
    }
}
