namespace GpuMm.Lab.Replay.Compact;

/// <summary>A job of one engine.</summary>
internal struct CompactJob
{
    /// <summary>Time without the link, ns.</summary>
    public long FixedNs;

    /// <summary>Time on the link for itself, ns; after <see cref="FixedNs"/>.</summary>
    public long LinkNs;

    /// <summary>What must be done before.</summary>
    public CompactWaits Waits;

    /// <summary>The lane of the link.</summary>
    public int Lane;
}
