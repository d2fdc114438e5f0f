using System;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests;

public sealed class EngineTests
{
    [Theory]
    [InlineData(1_000, 2_000_000_000, 0ul, 1_000)]
    [InlineData(1_000, 2_000_000_000, 4096ul, 1_000 + 2_048)]
    [InlineData(0, 3, 1ul, 333_333_334)]
    [InlineData(0, 1_000_000_000, 1ul << 40, 1L << 40)]
    [InlineData(0, 12_000_000_000, 9_223_372_036_854_775_807ul, 768_614_336_404_564_651)]
    public void ATransferTakesLatencyPlusBytesOverRateRoundedUp(long latencyNs, long rate, ulong sizeBytes, long expectedNs)
    {
        Assert.Equal(expectedNs, new Bandwidth(latencyNs, rate).DurationNs(sizeBytes));
    }

    [Fact]
    public void TwoJobsRunOneAfterTheOtherAndSignalInOrder()
    {
        Machine machine = Make();
        Engine engine = machine.Render;
        Fence first = engine.Submit(SimTime.Zero, 100);
        Fence second = engine.Submit(SimTime.Zero, 50);
        Assert.Equal(new SimTime(150), engine.CompletionOf(second.Seqno));
        machine.Clock.Advance(99);
        Assert.False(first.IsSignaled);
        machine.Clock.Advance(1);
        Assert.True(first.IsSignaled);
        Assert.False(second.IsSignaled);
        machine.Clock.AdvanceTo(new SimTime(150));
        Assert.True(second.IsSignaled);
        Assert.Equal(new SimTime(150), engine.BusyTime);
        Assert.Equal(new SimTime(150), engine.WorkedTime);
    }

    [Fact]
    public void AJobStartsWhenItsTimeHasComeAndNotInThePast()
    {
        Machine machine = Make();
        Fence late = machine.Render.Submit(new SimTime(1_000), 10);
        Assert.Equal(new SimTime(1_010), machine.CompletionOf(late));
        machine.Clock.Advance(5_000);
        Assert.Equal(new SimTime(1_010), machine.CompletionOf(late));
        Fence now = machine.Render.Submit(SimTime.Zero, 10);
        Assert.Equal(new SimTime(5_010), machine.CompletionOf(now));
    }

    [Fact]
    public void ThousandsOfJobsMayBePending()
    {
        Machine machine = Make();
        Engine engine = machine.Render;
        for (int i = 0; i < 10_000; i++)
        {
            engine.Submit(SimTime.Zero, 7);
        }

        for (ulong seqno = 1; seqno <= 10_000; seqno += 999)
        {
            Assert.Equal(new SimTime((long)seqno * 7), engine.CompletionOf(seqno));
        }

        machine.Clock.Advance(7 * 5_000);
        Assert.Equal(5_000ul, engine.Timeline.SignaledSeqno);
        Assert.Equal(new SimTime(70_000), engine.BusyUntil);
    }

    [Fact]
    public void TimeDoesNotRunBackwards()
    {
        VirtualClock clock = new();
        clock.Advance(10);
        clock.AdvanceTo(new SimTime(5));
        Assert.Equal(new SimTime(10), clock.Now);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(-1));
    }

    private static Machine Make() => new(MachineProfile.Find("pcie3x16")!, new VirtualClock());
}
