using System;
using System.Linq;
using System.Threading;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Submissions move no more than the budget of amdgpu allows; what is not moved is used where it is.</summary>
public sealed class SubmissionThrottleTests
{
    private static readonly Placement s_either = new(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt));
    private readonly ClockDriver _driver = new();

    [Fact]
    public void ObjectsStayWhenTheBudgetIsEmptyAndComeWhenTimeHasPassed()
    {
        using TestDevice test = new(vramPages: 16, driver: _driver);
        BufferObject resident = test.Create(16, Placement.Vram, "resident"); // No free memory, so no gift.
        BufferObject a = test.Create(8, Placement.Gtt, "a");
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        Assert.Equal(MmStatus.Ok, Submit(throttle, a, out ulong moved));
        Assert.Equal((0ul, 1L), (moved, throttle.KeptCount));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(a));

        _driver.TimeNs = 1000; // A thousand bytes: enough to begin one move, which then is owed.
        Submit(throttle, a, out moved);
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(a));
        Assert.Equal((16ul + 8) * 4096, moved);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(resident));
        BufferObject b = test.Create(8, Placement.Gtt, "b");
        test.Create(8, Placement.Vram);
        _driver.TimeNs = 2000;
        Submit(throttle, b, out moved);
        Assert.Equal(0ul, moved); // Still paying back.
    }

    [Fact]
    public void FreeMemoryIsAGift()
    {
        using TestDevice test = new(vramPages: 64, driver: _driver);
        BufferObject a = test.Create(8, Placement.Gtt, "a");
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        Assert.Equal(16ul * 4096, throttle.Begin().Bytes);
        Submit(throttle, a, out ulong moved);
        Assert.Equal(8ul * 4096, moved);
    }

    [Fact]
    public void ThePartThatTheCpuSeesHasABudgetOfItsOwn()
    {
        using TestDevice test = new(vramPages: 64, visiblePages: 8, driver: _driver);
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        MoveAllowance allowance = throttle.Begin();
        Assert.Equal((16ul * 4096, 4ul * 4096), (allowance.Bytes, allowance.VisibleBytes));
    }

    [Fact]
    public void WhatIsFreeOutOfSightIsNoGiftForWhatIsSeen()
    {
        using TestDevice test = new(vramPages: 64, visiblePages: 8, driver: _driver);
        ResourceManager vram = test.Device.Manager(MemoryDomain.Vram);
        BufferObject seen = test.Create(6, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.None, 0, 8)), "seen");
        test.Create(4, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.None, 6, 10)), "across");
        Assert.Equal(8ul * 4096, vram.CpuVisibleUsedBytes);
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        MoveAllowance allowance = throttle.Begin();
        Assert.True(allowance.Bytes > 0);
        Assert.Equal(0ul, allowance.VisibleBytes);
        test.AssertValid();
        Assert.Equal(MmStatus.Ok, test.Place(seen, Placement.Gtt));
        Assert.Equal(2ul * 4096, vram.CpuVisibleUsedBytes);
        Assert.Equal(3ul * 4096, throttle.Begin().VisibleBytes); // Half of the six pages that are free now
        test.AssertValid();
    }

    [Fact]
    public void WhatIsSharedOrPinnedIsNotMoved()
    {
        using TestDevice test = new(vramPages: 64, driver: _driver);
        BufferObject shared = test.Create(8, Placement.Gtt, "shared");
        using GpuClient one = new(test.Device, 1, "one");
        using GpuClient two = new(test.Device, 2, "two");
        one.Open(shared);
        two.Open(shared);
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        Submit(throttle, shared, out ulong moved);
        Assert.Equal(0ul, moved);
        BufferObject pinned = test.Create(8, Placement.Gtt, "pinned");
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        Assert.Equal(MmStatus.Ok, Submit(throttle, pinned, out _));
    }

    [Fact]
    public void WithoutRoomTheAllowedPlacesAreTried()
    {
        using TestDevice test = new(vramPages: 8, driver: _driver);
        BufferObject pinned = test.Create(8, Placement.Vram, "pinned");
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        BufferObject a = test.Create(4, Placement.System, "a");
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        _driver.TimeNs = 1_000_000;
        Assert.Equal(MmStatus.Ok, Submit(throttle, a, out _));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(a));
    }

    [Fact]
    public void ManyMayBeginAtOnceWhileTimePasses()
    {
        using TestDevice test = new(vramPages: 8, driver: new TickingDriver());
        SubmissionThrottle throttle = new(test.Device, bytesPerSecond: 1_000_000_000);
        Exception? failure = null;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    for (int i = 0; i < 20_000; i++)
                    {
                        throttle.End(throttle.Begin());
                    }
                }
                catch (ArgumentOutOfRangeException late)
                {
                    failure = late;
                }
            })),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Null(failure);
    }

    private static MmStatus Submit(SubmissionThrottle throttle, BufferObject target, out ulong moved)
    {
        OperationContext context = default;
        MoveAllowance allowance = throttle.Begin();
        target.Reserve();
        MmStatus status = throttle.Validate(target, Placement.Vram, s_either, ref allowance, ref context);
        target.Unreserve();
        throttle.End(allowance);
        moved = allowance.MovedBytes;
        return status;
    }

    private sealed class TickingDriver : InlineDriver
    {
        private long _timeNs;

        public override ulong NowNs => (ulong)Interlocked.Increment(ref _timeNs);
    }

    private sealed class ClockDriver : InlineDriver
    {
        public ulong TimeNs { get; set; }

        public override ulong NowNs => TimeNs;
    }
}
