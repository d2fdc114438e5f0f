namespace GpuMm.Lab.League;

/// <summary>One memory that a trace is played against: only which objects fit, without places or time.</summary>
internal abstract class ResidencyReplay
{
    protected ResidencyReplay(string policy, long capacity)
    {
        Policy = policy;
        Capacity = capacity;
    }

    public string Policy { get; }

    /// <summary>Size of the memory, units.</summary>
    public long Capacity { get; }

    public long Requests { get; protected set; }

    public ulong RequestBytes { get; protected set; }

    public long Misses { get; protected set; }

    public ulong MissBytes { get; protected set; }

    public long Evictions { get; protected set; }

    public long Refusals { get; protected set; }

    public ReplayCounts Counts => new(Requests, RequestBytes, Misses, MissBytes, Evictions, Refusals);

    /// <summary>Sizes of what is resident, units.</summary>
    public long Occupied { get; protected set; }

    /// <summary>Whether an object is resident now: for tests.</summary>
    /// <param name="slot">The object.</param>
    public abstract bool IsResident(int slot);

    /// <summary>Plays a batch.</summary>
    /// <param name="batch">The requests, in order; their slots are below what was reserved.</param>
    public abstract void Play(in ReplayBatch batch);
}
