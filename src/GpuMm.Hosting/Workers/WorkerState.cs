using System;
using System.Threading;

namespace GpuMm.Hosting.Workers;

/// <summary>How one worker is doing.</summary>
public sealed class WorkerState
{
    private long _steps;
    private long _lastBeat;
    private Exception? _failure;

    internal WorkerState(GpuWorker worker, long now)
    {
        Worker = worker;
        _lastBeat = now;
    }

    /// <summary>The worker.</summary>
    public GpuWorker Worker { get; }

    /// <summary>Steps done.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>What killed it; null while it lives.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>When it last finished a step or began to wait, as a timestamp of the clock.</summary>
    public long LastBeat => Volatile.Read(ref _lastBeat);

    internal void Beat(long now)
    {
        Interlocked.Increment(ref _steps);
        Volatile.Write(ref _lastBeat, now);
    }

    internal void Fail(Exception failure) => Volatile.Write(ref _failure, failure);
}
