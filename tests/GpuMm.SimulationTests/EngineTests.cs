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
        VirtualClock clock = new();
        Engine engine = new("e", clock);
        Fence first = engine.Submit(SimTime.Zero, 100);
        Fence second = engine.Submit(SimTime.Zero, 50);
        Assert.Equal(new SimTime(150), engine.CompletionOf(second.Seqno));
        clock.Advance(99);
        Assert.False(first.IsSignaled);
        clock.Advance(1);
        Assert.True(first.IsSignaled);
        Assert.False(second.IsSignaled);
        clock.AdvanceTo(new SimTime(150));
        Assert.True(second.IsSignaled);
        Assert.Equal(new SimTime(150), engine.BusyTime);
    }

    [Fact]
    public void AJobStartsWhenItsDependenciesAreDoneAndNotInThePast()
    {
        VirtualClock clock = new();
        Engine engine = new("e", clock);
        Fence late = engine.Submit(new SimTime(1_000), 10);
        Assert.Equal(new SimTime(1_010), engine.CompletionOf(late.Seqno));
        clock.Advance(5_000);
        Fence now = engine.Submit(SimTime.Zero, 10);
        Assert.Equal(new SimTime(5_010), engine.CompletionOf(now.Seqno));
    }

    [Fact]
    public void ThousandsOfJobsMayBePending()
    {
        VirtualClock clock = new();
        Engine engine = new("e", clock);
        for (int i = 0; i < 10_000; i++)
        {
            engine.Submit(SimTime.Zero, 7);
        }

        for (ulong seqno = 1; seqno <= 10_000; seqno++)
        {
            Assert.Equal(new SimTime((long)seqno * 7), engine.CompletionOf(seqno));
        }

        clock.Advance(7 * 5_000);
        Assert.Equal(5_000ul, engine.Timeline.SignaledSeqno);
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
}
