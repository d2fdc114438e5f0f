using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>Time that passes only when somebody says so, in whole nanoseconds.</summary>
/// <remarks>Advancing it signals, in order, what its engines finished by then. One thread drives a clock.</remarks>
public sealed class VirtualClock
{
    private readonly List<Engine> _engines = [];

    /// <summary>The present.</summary>
    public SimTime Now { get; private set; }

    /// <summary>Lets time pass.</summary>
    /// <param name="nanoseconds">0 or more.</param>
    public void Advance(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        Now += new SimTime(nanoseconds);
        SignalEngines();
    }

    /// <summary>Lets time pass until a point; does nothing when it lies behind.</summary>
    /// <param name="time">The point.</param>
    public void AdvanceTo(SimTime time)
    {
        if (time > Now)
        {
            Now = time;
            SignalEngines();
        }
    }

    internal void Register(Engine engine) => _engines.Add(engine);

    private void SignalEngines()
    {
        foreach (Engine engine in _engines)
        {
            engine.SignalTo(Now);
        }
    }
}
