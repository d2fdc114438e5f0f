using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>A part of the GPU that does one job at a time: a render ring, a copy engine.</summary>
public sealed class Engine
{
    private readonly Machine _machine;

    internal Engine(Machine machine, int track, string name, JobPriority priority)
    {
        _machine = machine;
        Track = track;
        Name = name;
        Queue = machine.CreateQueue(this, name, priority);
    }

    /// <summary>Shown in dumps and on timelines.</summary>
    public string Name { get; }

    /// <summary>Its index into <see cref="Machine.TrackNames"/>.</summary>
    public int Track { get; }

    /// <summary>The queue for those who have none of their own.</summary>
    public EngineQueue Queue { get; }

    /// <summary>The fences of <see cref="Queue"/>.</summary>
    public FenceContext Timeline => Queue.Timeline;

    /// <summary>When it has nothing left to do as things stand; when its last job ended, if it is idle.</summary>
    /// <remarks>As <see cref="Machine.CompletionOf"/>.</remarks>
    public SimTime BusyUntil => _machine.IdleAt(this);

    /// <summary>The work it was given so far: what its jobs take with the link for themselves, pending ones included.</summary>
    public SimTime BusyTime { get; internal set; }

    /// <summary>Time it spent on jobs that have ended, waits for its share of the link included.</summary>
    public SimTime WorkedTime { get; internal set; }

    /// <summary>Jobs that have ended, of all its queues.</summary>
    public long JobCount { get; internal set; }

    internal List<EngineQueue> Queues { get; } = [];

    internal SimTime LastEnd { get; set; }

    /// <summary>Queues a job on <see cref="Queue"/>.</summary>
    /// <param name="earliestStart">It does not start before.</param>
    /// <param name="durationNs">How long it takes; 0 or more.</param>
    /// <returns>The fence that its end signals.</returns>
    public Fence Submit(SimTime earliestStart, long durationNs) =>
        Queue.Submit(new JobDescription(durationNs, NotBeforeNs: earliestStart.Nanoseconds));

    /// <summary>When a job of <see cref="Queue"/> ends as things stand, or ended.</summary>
    /// <param name="seqno">Its number on <see cref="Timeline"/>.</param>
    /// <remarks>As <see cref="Machine.CompletionOf"/>.</remarks>
    public SimTime CompletionOf(ulong seqno)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seqno, Timeline.IssuedSeqno);
        return _machine.CompletionOf(new Fence(Timeline, seqno));
    }
}
