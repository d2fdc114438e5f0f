using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>
/// An object whose last reference goes while somebody is placing it: whatever that placing calls, however deep, must not free
/// it under the hands of the one who places it.
/// </summary>
public sealed class DeathWhilePlacedTests
{
    [Fact]
    public void TheOneThatIsPlacedIsNotReapedByItsOwnSearch()
    {
        Driver driver = new();
        using TestDevice test = new(vramPages: 4, aperturePages: 4, driver: driver);
        test.Create(4, Placement.Vram, "in video memory");
        BufferObject mover = test.Create(4, Placement.System, "in the aperture");
        test.Place(mover, Placement.Gtt);
        BufferObject dying = test.Create(4, Placement.System, "dying");
        AcquireContext set = new();
        set.LockAll([dying.Reservation]);

        // The first search comes to nothing, and with its first question the last reference goes; the second one, for the
        // aperture, begins by freeing what is deleted.
        driver.Refused = MemoryDomain.Vram;
        driver.OnQuestion = dying.Release;
        Placement two = new(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt, PlaceFlags.Fallback));
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, dying.Validate(two, ref context));
        Assert.True(dying.IsDeleted);
        Assert.Equal(MemoryDomain.Gtt, dying.Resource?.Domain);
        test.AssertValid();
        set.UnlockAll();
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(2, test.Device.ObjectCount);
        test.AssertValid();
    }

    [Fact]
    public void NeitherIsOneTwoLevelsAboveTheSearchThatSharesItsReservation()
    {
        Driver driver = new();
        using TestDevice test = new(vramPages: 4, aperturePages: 4, driver: driver);
        Reservation shared = new();
        shared.Lock();
        BufferObject dying = Create(test, shared, Placement.System, "dying");
        Create(test, shared, Placement.Vram, "makes way");
        shared.Unlock();
        test.Create(4, Placement.Gtt, "makes way for it");

        // Video memory is full: its object goes to the aperture, which is full too. That second search, for another object of
        // the same reservation, begins by freeing what is deleted and held by the caller.
        shared.Lock();
        int questions = 0;
        driver.OnQuestion = () =>
        {
            dying.Release();
            questions++;
        };
        OperationContext context = new() { AllowReservedEviction = true, HeldReservation = shared };
        Assert.Equal(MmStatus.Ok, dying.Validate(Placement.Vram, ref context));
        Assert.Equal(1, questions);
        Assert.Equal(MemoryDomain.Vram, dying.Resource?.Domain);
        test.AssertValid();
        shared.Unlock();
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(2, test.Device.ObjectCount);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Vram).UsedBytes);
        test.AssertValid();
    }

    private static BufferObject Create(TestDevice test, Reservation shared, Placement placement, string name)
    {
        OperationContext context = default;
        BufferObjectDescription description = new(4 * 4096, name, SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, placement, ref context, out BufferObject? made));
        return made!;
    }

    private sealed class Driver : InlineDriver
    {
        /// <summary>Called once, with the first candidate.</summary>
        public Action? OnQuestion { get; set; }

        /// <summary>The domain in which nobody makes way.</summary>
        public MemoryDomain? Refused { get; set; }

        public override Placement EvictionPlacement(BufferObject victim) =>
            victim.Resource?.Domain == MemoryDomain.Vram ? Placement.Gtt : base.EvictionPlacement(victim);

        public override bool IsEvictionValuable(BufferObject victim, in Place place)
        {
            Action? act = OnQuestion;
            OnQuestion = null;
            act?.Invoke();
            return place.Domain != Refused && base.IsEvictionValuable(victim, place);
        }
    }
}
