using System;
using System.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>A part of the GPU that does one job at a time, in the order of submission: a render ring, a copy engine.</summary>
public sealed class Engine
{
    private readonly VirtualClock _clock;
    private SimTime[] _completions = new SimTime[64]; // A ring: when each unsignalled job ends; seqno modulo the length.

    /// <summary>An idle engine.</summary>
    /// <param name="name">Shown in dumps; the name of its timeline.</param>
    /// <param name="clock">The clock it runs on.</param>
    public Engine(string name, VirtualClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Timeline = new FenceContext(name);
        _clock = clock;
        clock.Register(this);
    }

    /// <summary>The fences of its jobs.</summary>
    public FenceContext Timeline { get; }

    /// <summary>When its last job ends.</summary>
    public SimTime BusyUntil { get; private set; }

    /// <summary>Time it spent working, jobs that have not ended yet included.</summary>
    public SimTime BusyTime { get; private set; }

    /// <summary>Queues a job.</summary>
    /// <param name="earliestStart">When what it depends on is done.</param>
    /// <param name="durationNs">How long it takes; 0 or more.</param>
    /// <returns>The fence that its end signals.</returns>
    /// <remarks>It starts when the engine is free, its dependencies are done and not before now.</remarks>
    public Fence Submit(SimTime earliestStart, long durationNs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(durationNs);
        SimTime start = SimTime.Max(SimTime.Max(earliestStart, BusyUntil), _clock.Now);
        BusyUntil = start + new SimTime(durationNs);
        BusyTime += new SimTime(durationNs);
        Fence fence = Timeline.Issue();
        ulong pending = fence.Seqno - Timeline.SignaledSeqno;
        if (pending > (ulong)_completions.Length)
        {
            Grow();
        }

        _completions[Slot(fence.Seqno)] = BusyUntil;
        if (BusyUntil <= _clock.Now)
        {
            SignalTo(_clock.Now); // A job of no length on an idle engine is done at once.
        }

        return fence;
    }

    /// <summary>When a job ends, or ended.</summary>
    /// <param name="seqno">Its number on <see cref="Timeline"/>.</param>
    /// <returns>The time; a job that was signalled before answers 0, the start of the run.</returns>
    public SimTime CompletionOf(ulong seqno) =>
        seqno <= Timeline.SignaledSeqno ? SimTime.Zero : _completions[Slot(seqno)];

    internal void SignalTo(SimTime now)
    {
        ulong signaled = Timeline.SignaledSeqno;
        ulong done = signaled;
        while (done < Timeline.IssuedSeqno && _completions[Slot(done + 1)] <= now)
        {
            done++;
        }

        if (done != signaled)
        {
            Timeline.SignalTo(done);
        }
    }

    private int Slot(ulong seqno) => (int)(seqno % (ulong)_completions.Length);

    private void Grow()
    {
        SimTime[] larger = new SimTime[_completions.Length * 2];
        for (ulong seqno = Timeline.SignaledSeqno + 1; seqno < Timeline.IssuedSeqno; seqno++)
        {
            larger[seqno % (ulong)larger.Length] = _completions[Slot(seqno)];
        }

        Debug.Assert(larger.Length > _completions.Length, "The ring grows.");
        _completions = larger;
    }
}
