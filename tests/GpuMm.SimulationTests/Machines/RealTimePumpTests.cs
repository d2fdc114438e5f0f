using System;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

public sealed class RealTimePumpTests
{
    [Fact]
    public void WhatEndsInRealTimeSignalsWhenTheClockIsPumped()
    {
        HandTime time = new();
        Machine machine = new(SimulationBench.OneBytePerNs, new VirtualClock());
        RealTimePump pump = new(machine.Clock, time, speed: 2);
        Assert.Equal(TimeSpan.FromMilliseconds(-1), pump.UntilNextEvent);
        Fence fence = machine.Render.Submit(SimTime.Zero, 2_000_000);
        Assert.Equal(TimeSpan.FromMilliseconds(1), pump.UntilNextEvent);
        time.Ticks += 9_999;
        pump.Pump();
        Assert.False(fence.IsSignaled);
        Assert.Equal(TimeSpan.FromTicks(1), pump.UntilNextEvent);
        time.Ticks++;
        Assert.Equal(new SimTime(200), pump.Pump());
        Assert.True(fence.IsSignaled);
    }

    [Fact]
    public void AWaitTakesTheClockAheadAndRealTimeCatchesUp()
    {
        HandTime time = new();
        VirtualClock clock = new();
        SimulatedDriver driver = new(SimulationBench.OneBytePerNs, clock);
        RealTimePump pump = new(clock, time);
        driver.WaitFence(driver.Render.Submit(SimTime.Zero, 5_000));
        Assert.Equal(new SimTime(5_000), clock.Now);
        time.Ticks += 40;
        Assert.Equal(SimTime.Zero, pump.Pump());
        time.Ticks += 20;
        Assert.Equal(new SimTime(1_000), pump.Pump());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RealTimePump(clock, time, speed: 0));
    }

    private sealed class HandTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
