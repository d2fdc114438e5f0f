using System.Threading;

namespace GpuMm.Hosting.Views;

/// <summary>Counts that only grow. Reading them takes no lock.</summary>
public sealed class GpuActivity
{
    private long _jobs;
    private long _linkReadBytes;
    private long _cpuReadBytes;
    private long _cpuWrittenBytes;
    private long _reclaimedBytes;
    private long _defragmentedBytes;
    private long _reapedPieces;
    private long _refaultedBytes;

    /// <summary>Jobs queued.</summary>
    public long Jobs => Volatile.Read(ref _jobs);

    /// <summary>Bytes that jobs read over the link, because an object was not in video memory.</summary>
    public long LinkReadBytes => Volatile.Read(ref _linkReadBytes);

    /// <summary>Bytes that clients read with the CPU.</summary>
    public long CpuReadBytes => Volatile.Read(ref _cpuReadBytes);

    /// <summary>Bytes that clients wrote with the CPU.</summary>
    public long CpuWrittenBytes => Volatile.Read(ref _cpuWrittenBytes);

    /// <summary>Bytes that the reclaimer moved out of video memory ahead of need.</summary>
    public long ReclaimedBytes => Volatile.Read(ref _reclaimedBytes);

    /// <summary>Bytes that the defragmenter moved.</summary>
    public long DefragmentedBytes => Volatile.Read(ref _defragmentedBytes);

    /// <summary>Pieces of memory that the reaper gave back.</summary>
    public long ReapedPieces => Volatile.Read(ref _reapedPieces);

    /// <summary>Bytes brought back into video memory within a second of their eviction.</summary>
    public long RefaultedBytes => Volatile.Read(ref _refaultedBytes);

    internal void CountJob(long linkReadBytes)
    {
        Interlocked.Increment(ref _jobs);
        Interlocked.Add(ref _linkReadBytes, linkReadBytes);
    }

    internal void CountCpu(long sizeBytes, bool isWrite) =>
        Interlocked.Add(ref isWrite ? ref _cpuWrittenBytes : ref _cpuReadBytes, sizeBytes);

    internal void CountReclaimed(long sizeBytes) => Interlocked.Add(ref _reclaimedBytes, sizeBytes);

    internal void CountDefragmented(long sizeBytes) => Interlocked.Add(ref _defragmentedBytes, sizeBytes);

    internal void CountReaped(long pieces) => Interlocked.Add(ref _reapedPieces, pieces);

    internal void CountRefault(long sizeBytes) => Interlocked.Add(ref _refaultedBytes, sizeBytes);
}
