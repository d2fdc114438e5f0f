using System;
using System.Collections.Generic;
using System.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>
/// The parts of a machine that work at the same time: a render ring, copy engines, and the link that they share with the
/// CPU. It runs on a virtual clock, event by event.
/// </summary>
/// <remarks>
/// Whoever streams over the link in one direction gets an equal share of it. Times are whole nanoseconds; a share is
/// counted in 1/840 ns, which 1 to 8 users divide exactly, so that a transfer ends at the same nanosecond however often
/// somebody looks in between. One thread drives a machine.
/// </remarks>
public sealed partial class Machine
{
    /// <summary>Most queues of a machine, its own included.</summary>
    public const int MaxQueues = 256;

    /// <summary>Most tracks: the render ring, the copy engines, the joiner of fences and the CPU.</summary>
    public const int MaxTracks = MachineProfile.MaxCopyEngines + 3;

    internal const long WorkPerNs = 840; // The least common multiple of 1 to 8, the most users of the link there can be.

    private readonly List<Engine> _engines = [];
    private readonly List<EngineQueue> _queues = [];
    private readonly List<IMachineObserver> _observers = [];
    private readonly string[] _trackNames;
    private readonly RunState _state = new();
    private readonly RunState _ahead = new();
    private readonly ulong[] _linkBytes = new ulong[2];
    private readonly long[] _linkTransfers = new long[2];
    private ulong _order;
    private EngineQueue? _lastFound;

    /// <summary>An idle machine.</summary>
    /// <param name="profile">Its link and the number of its copy engines.</param>
    /// <param name="clock">Its clock.</param>
    public Machine(MachineProfile profile, VirtualClock clock)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfNotEqual(profile.CopyEngines is >= 1 and <= MachineProfile.MaxCopyEngines, true, nameof(profile));
        Clock = clock;
        Link = profile.Link;
        Render = Add("render", JobPriority.Normal);
        Engine[] copies = new Engine[profile.CopyEngines];
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i] = Add(copies.Length == 1 ? "copy" : $"copy{i}", JobPriority.Kernel);
        }

        CopyEngines = copies;
        Joiner = Add("fences", JobPriority.Kernel);
        CpuTrack = _engines.Count;
        _trackNames = [.. _engines.ConvertAll(static engine => engine.Name), "cpu"];
        _state.Ns = clock.Now.Nanoseconds;
        clock.Register(this);
        Debug.Assert(CpuTrack < MaxTracks, "Every track has a place.");
    }

    /// <summary>The clock.</summary>
    public VirtualClock Clock { get; }

    /// <summary>The link.</summary>
    public LinkModel Link { get; }

    /// <summary>The engine that draws.</summary>
    public Engine Render { get; }

    /// <summary>The engines that copy.</summary>
    public IReadOnlyList<Engine> CopyEngines { get; }

    /// <summary>Signals once several fences have; its jobs take no time.</summary>
    public Engine Joiner { get; }

    /// <summary>The names of the parts that spans tell of: engines, then the CPU.</summary>
    public IReadOnlyList<string> TrackNames => _trackNames;

    /// <summary>The track of the CPU.</summary>
    public int CpuTrack { get; }

    /// <summary>When something ends next; <see cref="long.MaxValue"/> when nothing runs.</summary>
    public long NextEventNs => _state.NextNs;

    /// <summary>True while somebody listens.</summary>
    public bool IsObserved => _observers.Count > 0;

    /// <summary>The engine that copies one way. With several, each direction has its own.</summary>
    /// <param name="direction">Which way.</param>
    public Engine CopyEngine(LinkDirection direction) => CopyEngines[Math.Min((int)direction, CopyEngines.Count - 1)];

    /// <summary>What crossed the link so far.</summary>
    /// <param name="direction">Which way.</param>
    public LinkUse LinkUse(LinkDirection direction)
    {
        Progress(_state, Clock.Now.Nanoseconds);
        return new LinkUse(_linkBytes[(int)direction], _linkTransfers[(int)direction], _state.LaneBusyNs[Lane(direction)]);
    }

    /// <summary>Makes a queue of a client's own.</summary>
    /// <param name="engine">An engine of this machine.</param>
    /// <param name="name">The name of its timeline.</param>
    /// <param name="priority">Who goes first.</param>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxQueues"/> already.</exception>
    public EngineQueue CreateQueue(Engine engine, string name, JobPriority priority)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (_queues.Count == MaxQueues)
        {
            throw new InvalidOperationException($"A machine has at most {MaxQueues} queues; let clients share one.");
        }

        EngineQueue queue = new(this, engine, _queues.Count, name, priority);
        _queues.Add(queue);
        engine.Queues.Add(queue);
        return queue;
    }

    /// <summary>Tells an observer of every span from now on.</summary>
    /// <param name="observer">The observer.</param>
    public void AddObserver(IMachineObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _observers.Add(observer);
    }

    /// <summary>Tells an observer no more.</summary>
    /// <param name="observer">The observer.</param>
    public void RemoveObserver(IMachineObserver observer) => _observers.Remove(observer);

    /// <summary>When a fence of this machine signals as things stand, or did.</summary>
    /// <param name="fence">The fence.</param>
    /// <returns>
    /// The time. Of a job that has not ended it is a forecast, and right unless somebody submits what goes first or uses
    /// the link meanwhile. A job that ended very long ago, and a fence of no timeline, answers 0.
    /// </returns>
    /// <exception cref="ArgumentException">It belongs to another machine.</exception>
    /// <remarks>Cost of a forecast: a run of what is pending, on a copy.</remarks>
    public SimTime CompletionOf(Fence fence)
    {
        if (fence.Context is null)
        {
            return SimTime.Zero;
        }

        if (fence.IsSignaled)
        {
            return TryFind(fence)?.EndOf(fence.Seqno) ?? SimTime.Zero;
        }

        EngineQueue queue = QueueOf(fence);
        _ahead.CopyFrom(_state);
        IgnoreRun nobody = default;
        while (_ahead.Signaled[queue.Index] < fence.Seqno)
        {
            Debug.Assert(_ahead.NextNs != long.MaxValue, "Jobs depend on earlier jobs only, so each ends.");
            Step(_ahead, ref nobody);
        }

        return new SimTime(_ahead.Ns);
    }

    internal SimTime IdleAt(Engine engine)
    {
        if (!HasWork(_state, engine))
        {
            return engine.LastEnd;
        }

        _ahead.CopyFrom(_state);
        IgnoreRun nobody = default;
        while (HasWork(_ahead, engine))
        {
            Step(_ahead, ref nobody);
        }

        return new SimTime(_ahead.Ns);
    }

    internal EngineQueue QueueOf(Fence fence) =>
        TryFind(fence) ?? throw new ArgumentException($"Fence {fence} is not of this machine.", nameof(fence));

    internal ulong NextOrder() => ++_order;

    internal void OnSubmitted(EngineQueue queue)
    {
        if (_state.Engines[queue.Engine.Track].Phase == EnginePhase.Idle)
        {
            Progress(_state, Clock.Now.Nanoseconds);
            RealRun real = new(this);
            Dispatch(_state, ref real);
            _state.NextNs = Next(_state);
        }
    }

    internal void RunTo(long ns)
    {
        RealRun real = new(this);
        while (_state.NextNs <= ns)
        {
            Step(_state, ref real);
        }
    }

    internal void OnEnded(EngineQueue queue, ulong seqno, long ns)
    {
        ref QueuedJob job = ref queue.JobAt(seqno);
        job.EndNs = ns;
        queue.Engine.WorkedTime += new SimTime(ns - job.StartNs);
        queue.Engine.LastEnd = new SimTime(ns);
        queue.Engine.JobCount++;
        if (job.What.LinkBytes > 0)
        {
            CountTransfer(job.What.Direction, job.What.LinkBytes);
        }

        queue.Timeline.SignalTo(seqno);
        if (_observers.Count > 0)
        {
            TellJob(queue, seqno, job);
        }
    }

    internal void Tell(in MachineSpan span)
    {
        foreach (IMachineObserver observer in _observers)
        {
            observer.OnSpan(span);
        }
    }

    private void TellJob(EngineQueue queue, ulong seqno, in QueuedJob job)
    {
        long readyNs = job.SubmittedNs;
        Fence waitedFor = default;
        for (int i = 0; i < job.DependencyCount; i++)
        {
            ref readonly Dependency dependency = ref queue.DependencyAt(job.FirstDependency + (ulong)i);
            EngineQueue other = _queues[dependency.Queue];
            long endNs = other.EndOf(dependency.Seqno)?.Nanoseconds ?? 0;
            if (endNs > readyNs)
            {
                readyNs = endNs;
                waitedFor = new Fence(other.Timeline, dependency.Seqno);
            }
        }

        Tell(new MachineSpan(
            queue.Engine.Track, job.What.Label, new Fence(queue.Timeline, seqno), waitedFor, job.SubmittedNs, readyNs,
            job.StartNs, job.EndNs, job.What.FixedNs + job.What.LinkNs, job.What.Direction, job.What.LinkBytes));
    }

    private void CountTransfer(LinkDirection direction, ulong bytes)
    {
        _linkBytes[(int)direction] += bytes;
        _linkTransfers[(int)direction]++;
    }

    private static bool HasWork(RunState state, Engine engine)
    {
        foreach (EngineQueue queue in engine.Queues)
        {
            if (state.Signaled[queue.Index] < queue.Timeline.IssuedSeqno)
            {
                return true;
            }
        }

        return false;
    }

    private EngineQueue? TryFind(Fence fence)
    {
        if (ReferenceEquals(_lastFound?.Timeline, fence.Context))
        {
            return _lastFound;
        }

        foreach (EngineQueue queue in _queues)
        {
            if (ReferenceEquals(queue.Timeline, fence.Context))
            {
                _lastFound = queue;
                return queue;
            }
        }

        return null;
    }

    private Engine Add(string name, JobPriority priority)
    {
        Engine engine = new(this, _engines.Count, name, priority);
        _engines.Add(engine);
        return engine;
    }
}
