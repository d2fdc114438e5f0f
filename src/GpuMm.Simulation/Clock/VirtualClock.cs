using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>Time that passes only when somebody says so, in whole nanoseconds.</summary>
/// <remarks>
/// Letting time pass runs what its machines do until then, event by event, and signals what ends. One thread drives a
/// clock. Cost: a comparison per machine when nothing ends.
/// </remarks>
public sealed class VirtualClock
{
    private readonly List<Machine> _machines = [];

    /// <summary>The present.</summary>
    public SimTime Now { get; private set; }

    /// <summary>When something ends next; <see cref="long.MaxValue"/> ns when nothing runs.</summary>
    public SimTime NextEvent
    {
        get
        {
            long nextNs = long.MaxValue;
            foreach (Machine machine in _machines)
            {
                nextNs = Math.Min(nextNs, machine.NextEventNs);
            }

            return new SimTime(nextNs);
        }
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="nanoseconds">0 or more.</param>
    public void Advance(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        MoveTo(Now + new SimTime(nanoseconds));
    }

    /// <summary>Lets time pass until a point; does nothing when it lies behind.</summary>
    /// <param name="time">The point.</param>
    public void AdvanceTo(SimTime time)
    {
        if (time > Now)
        {
            MoveTo(time);
        }
    }

    internal void Register(Machine machine) => _machines.Add(machine);

    private void MoveTo(SimTime time)
    {
        Now = time;
        foreach (Machine machine in _machines)
        {
            if (machine.NextEventNs <= time.Nanoseconds)
            {
                machine.RunTo(time.Nanoseconds);
            }
        }
    }
}
