#pragma warning disable RS0030 // The one door between wall time and the virtual clock; the host hands the wall clock in.
using System;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>Runs a virtual clock against real time, so that a service can host a simulated machine.</summary>
/// <remarks>
/// The host calls <see cref="Pump"/> whenever it is woken, and sleeps for <see cref="UntilNextEvent"/>. The machine's code is
/// the same: nothing in it knows that the time is real. Whoever waits for a fence on the machine takes the clock ahead of
/// real time; the pump then does nothing until real time has caught up, so no time is lost and none is lived twice. Not
/// safe for concurrent use: pump under the lock under which the machine is driven.
/// </remarks>
public sealed class RealTimePump
{
    private readonly TimeProvider _time;
    private readonly VirtualClock _clock;
    private readonly double _speed;
    private readonly long _startTimestamp;
    private readonly SimTime _start;

    /// <summary>Starts at the clock's present.</summary>
    /// <param name="clock">The clock to run.</param>
    /// <param name="time">Real time; <c>TimeProvider.System</c> in a service, a fake one in its tests.</param>
    /// <param name="speed">Simulated seconds per real second; more than 0, at most 1000.</param>
    public RealTimePump(VirtualClock clock, TimeProvider time, double speed = 1)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speed, 1000);
        _clock = clock;
        _time = time;
        _speed = speed;
        _startTimestamp = time.GetTimestamp();
        _start = clock.Now;
    }

    /// <summary>Where the clock should stand now.</summary>
    public SimTime Target => _start + new SimTime((long)(_time.GetElapsedTime(_startTimestamp).Ticks * 100 * _speed));

    /// <summary>Lets the clock catch up with real time: what ended meanwhile signals.</summary>
    /// <returns>How far it went; zero when it is ahead.</returns>
    public SimTime Pump()
    {
        SimTime before = _clock.Now;
        _clock.AdvanceTo(Target);
        return _clock.Now - before;
    }

    /// <summary>Real time until something ends; zero when it is due, infinite (-1 ms) when nothing runs.</summary>
    public TimeSpan UntilNextEvent
    {
        get
        {
            long nextNs = _clock.NextEvent.Nanoseconds;
            if (nextNs == long.MaxValue)
            {
                return TimeSpan.FromMilliseconds(-1);
            }

            // Rounded up to the next tick, or a host would wake just before and spin.
            double ticks = Math.Ceiling((nextNs - Target.Nanoseconds) / (100 * _speed));
            return TimeSpan.FromTicks((long)Math.Clamp(ticks, 0, TimeSpan.MaxValue.Ticks / 2.0));
        }
    }
}
