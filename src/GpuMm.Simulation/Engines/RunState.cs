using System;

namespace GpuMm.Simulation;

/// <summary>All of a machine that changes as time passes, so that a copy of it can be run ahead.</summary>
internal sealed class RunState
{
    public readonly ulong[] Signaled = new ulong[Machine.MaxQueues]; // By queue; the head is the next number.
    public readonly EngineRun[] Engines = new EngineRun[Machine.MaxTracks];
    public readonly int[] Flows = new int[2]; // By lane.
    public readonly long[] LaneBusyNs = new long[2];
    public long Ns; // What Remaining and LaneBusyNs are up to date with.
    public long NextNs = long.MaxValue;
    public long WakeNs = long.MaxValue; // When the first head that only waits for a time may start.

    public void CopyFrom(RunState other)
    {
        other.Signaled.AsSpan().CopyTo(Signaled);
        other.Engines.AsSpan().CopyTo(Engines);
        other.Flows.AsSpan().CopyTo(Flows);
        Ns = other.Ns;
        NextNs = other.NextNs;
        WakeNs = other.WakeNs;
    }
}
