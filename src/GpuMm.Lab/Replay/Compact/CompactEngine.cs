using GpuMm.Simulation;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>One engine, with its only queue.</summary>
internal struct CompactEngine
{
    private const int LeastJobs = 64;

    private CompactJob[] _jobs; // A ring by number; its length is a power of two.

    /// <summary>What it does.</summary>
    public EnginePhase Phase;

    /// <summary>The lane on which it streams.</summary>
    public int Lane;

    /// <summary>When it enters the link, ns; while <see cref="Phase"/> is Fixed.</summary>
    public long EndNs;

    /// <summary>Work left on the link, in shares of a nanosecond; while <see cref="Phase"/> is Link.</summary>
    public long Remaining;

    /// <summary>The number of the last job that was queued.</summary>
    public uint Issued;

    /// <summary>The work it was given, with the link for itself, ns.</summary>
    public long BusyNs;

    /// <summary>A job that has not ended.</summary>
    /// <param name="seqno">Its number.</param>
    public readonly ref CompactJob Job(uint seqno) => ref _jobs[(int)(seqno & (uint)(_jobs.Length - 1))];

    /// <summary>Queues a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="signaled">The number of the last job that has ended.</param>
    public void Add(in CompactJob job, uint signaled)
    {
        Issued++;
        _jobs ??= new CompactJob[LeastJobs];
        if (Issued - signaled >= (uint)_jobs.Length)
        {
            CompactJob[] larger = new CompactJob[_jobs.Length * 2];
            for (uint seqno = signaled + 1; seqno < Issued; seqno++)
            {
                larger[(int)(seqno & (uint)(larger.Length - 1))] = Job(seqno);
            }

            _jobs = larger;
        }

        Job(Issued) = job;
        BusyNs += job.FixedNs + job.LinkNs;
    }
}
