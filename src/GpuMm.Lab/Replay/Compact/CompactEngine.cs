namespace GpuMm.Lab.Replay.Compact;

/// <summary>One engine, with its only queue.</summary>
internal struct CompactEngine
{
    private const int LeastJobs = 64;

    private CompactJob[] _jobs; // A ring by number; its length is a power of two.

    /// <summary>Whether its job streams over the link; false before it does.</summary>
    public bool IsOnLink;

    /// <summary>The lane on which it streams.</summary>
    public int Lane;

    /// <summary>When it enters the link, ns; known before it does.</summary>
    public long EndNs;

    /// <summary>Work left on the link, in shares of a nanosecond; while it is there.</summary>
    public long Remaining;

    /// <summary>The number of the last job that was queued.</summary>
    public uint Issued;

    /// <summary>The work it was given, with the link for itself, ns.</summary>
    public long BusyNs;

    /// <summary>A job that has not ended.</summary>
    /// <param name="seqno">Its number.</param>
    public readonly ref CompactJob Job(uint seqno) => ref _jobs[(int)(seqno & (uint)(_jobs.Length - 1))];

    /// <summary>Queues a job.</summary>
    /// <param name="signaled">The number of the last job that has ended.</param>
    /// <returns>The job, for the caller to fill in; stale when another is queued.</returns>
    public ref CompactJob Add(uint signaled)
    {
        Issued++;
        _jobs ??= new CompactJob[LeastJobs];
        if (Issued - signaled >= (uint)_jobs.Length)
        {
            Grow(signaled);
        }

        return ref Job(Issued);
    }

    private void Grow(uint signaled)
    {
        CompactJob[] larger = new CompactJob[_jobs.Length * 2];
        for (uint seqno = signaled + 1; seqno < Issued; seqno++)
        {
            larger[(int)(seqno & (uint)(larger.Length - 1))] = Job(seqno);
        }

        _jobs = larger;
    }
}
