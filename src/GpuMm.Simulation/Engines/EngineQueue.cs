using System;
using System.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>One client's jobs for one engine: they run in the order of submission, and their fences signal in that order.</summary>
/// <remarks>Source: the entities of the kernel's GPU scheduler. A head that waits holds up its own queue only.</remarks>
public sealed class EngineQueue
{
    private const int LeastJobs = 64;

    private readonly Machine _machine;
    private QueuedJob[] _jobs = new QueuedJob[LeastJobs]; // A ring by seqno; its length is a power of two.
    private Dependency[] _dependencies = new Dependency[LeastJobs]; // A ring; its length is a power of two.
    private ulong _nextDependency;

    internal EngineQueue(Machine machine, Engine engine, int index, string name, JobPriority priority)
    {
        _machine = machine;
        Engine = engine;
        Index = index;
        Priority = priority;
        Timeline = new FenceContext(name);
    }

    /// <summary>Who does the jobs.</summary>
    public Engine Engine { get; }

    /// <summary>Who goes first.</summary>
    public JobPriority Priority { get; }

    /// <summary>The fences of its jobs.</summary>
    public FenceContext Timeline { get; }

    /// <summary>Jobs that have not ended.</summary>
    public int PendingCount => (int)(Timeline.IssuedSeqno - Timeline.SignaledSeqno);

    internal int Index { get; }

    /// <summary>Queues a job.</summary>
    /// <param name="job">What it takes.</param>
    /// <param name="dependencies">What must be done before it starts; fences of this machine, signalled ones are ignored.</param>
    /// <returns>The fence that its end signals.</returns>
    /// <exception cref="ArgumentException">A fence of another machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative time.</exception>
    /// <remarks>
    /// It starts when its engine is free, no other ready head goes first, and its dependencies are done. Cost: O(dependencies);
    /// no managed allocation once the rings have grown.
    /// </remarks>
    public Fence Submit(in JobDescription job, ReadOnlySpan<Fence> dependencies = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(job.FixedNs, nameof(job));
        ArgumentOutOfRangeException.ThrowIfNegative(job.LinkNs, nameof(job));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(job.LinkNs, long.MaxValue / (Machine.WorkPerNs * Machine.MaxTracks), nameof(job));
        ulong first = _nextDependency;
        try
        {
            foreach (ref readonly Fence fence in dependencies)
            {
                if (!fence.IsSignaled)
                {
                    AddDependency(first, new Dependency(_machine.QueueOf(fence).Index, fence.Seqno));
                }
            }
        }
        catch (ArgumentException)
        {
            _nextDependency = first;
            throw;
        }

        Fence issued = Timeline.Issue();
        if (2 * PendingCount > _jobs.Length)
        {
            GrowJobs();
        }

        JobAt(issued.Seqno) = new QueuedJob
        {
            What = job,
            Order = _machine.NextOrder(),
            FirstDependency = first,
            DependencyCount = (int)(_nextDependency - first),
            SubmittedNs = _machine.Clock.Now.Nanoseconds,
        };
        Engine.BusyTime += new SimTime(job.FixedNs + job.LinkNs);
        _machine.OnSubmitted(this);
        return issued;
    }

    internal ref QueuedJob JobAt(ulong seqno) => ref _jobs[(int)(seqno & (ulong)(_jobs.Length - 1))];

    internal ref readonly Dependency DependencyAt(ulong place) => ref _dependencies[(int)(place & (ulong)(_dependencies.Length - 1))];

    /// <summary>When a job ended; null when that was so long ago that it is forgotten.</summary>
    internal SimTime? EndOf(ulong seqno)
    {
        Debug.Assert(seqno <= Timeline.SignaledSeqno, "Only what has ended has an end.");
        return Timeline.IssuedSeqno - seqno < (ulong)_jobs.Length ? new SimTime(JobAt(seqno).EndNs) : null;
    }

    // One entry per queue that is waited for: the largest number.
    private void AddDependency(ulong first, Dependency added)
    {
        for (ulong place = first; place != _nextDependency; place++)
        {
            ref Dependency known = ref _dependencies[(int)(place & (ulong)(_dependencies.Length - 1))];
            if (known.Queue == added.Queue)
            {
                known = known.Seqno >= added.Seqno ? known : added;
                return;
            }
        }

        ulong oldest = PendingCount == 0 ? first : JobAt(Timeline.SignaledSeqno + 1).FirstDependency;
        if (_nextDependency - oldest == (ulong)_dependencies.Length)
        {
            GrowDependencies(oldest);
        }

        _dependencies[(int)(_nextDependency++ & (ulong)(_dependencies.Length - 1))] = added;
    }

    private void GrowJobs()
    {
        QueuedJob[] larger = new QueuedJob[_jobs.Length * 2];
        for (ulong back = 1; back <= (ulong)_jobs.Length && back < Timeline.IssuedSeqno; back++)
        {
            ulong seqno = Timeline.IssuedSeqno - back;
            larger[(int)(seqno & (ulong)(larger.Length - 1))] = JobAt(seqno);
        }

        _jobs = larger;
    }

    private void GrowDependencies(ulong oldest)
    {
        Dependency[] larger = new Dependency[_dependencies.Length * 2];
        for (ulong place = oldest; place != _nextDependency; place++)
        {
            larger[(int)(place & (ulong)(larger.Length - 1))] = DependencyAt(place);
        }

        _dependencies = larger;
    }
}
