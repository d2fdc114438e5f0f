using System.Threading;
using GpuMm.Diagnostics;

namespace GpuMm.Hosting.Views;

/// <summary>Counts that only grow. Reading them takes no lock.</summary>
public sealed class GpuActivity
{
    private const int DomainCount = 8;
    private const int CauseCount = 8;

    private readonly long[] _moves = new long[2 * DomainCount * DomainCount * CauseCount]; // Number, bytes; by from, to and cause
    private long _correctedErrors;
    private long _uncorrectedErrors;
    private long _jobs;
    private long _linkReadBytes;
    private long _cpuReadBytes;
    private long _cpuWrittenBytes;
    private long _reclaimedBytes;
    private long _defragmentedBytes;
    private long _reapedPieces;
    private long _refaultedBytes;
    private long _journalBytes;
    private long _journalFlushes;
    private long _journalFlushNs;

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

    /// <summary>Bytes written to the journal of kept state; 0 where no state is kept.</summary>
    public long JournalBytes => Volatile.Read(ref _journalBytes);

    /// <summary>Times that the journal was written and flushed to the disk; each does for all answers that wait for it.</summary>
    public long JournalFlushes => Volatile.Read(ref _journalFlushes);

    /// <summary>Time that those writes and flushes took, ns: the disk's part in the time of answers.</summary>
    public long JournalFlushNs => Volatile.Read(ref _journalFlushNs);

    /// <summary>Faults of the machine that a test planned and the manager survived.</summary>
    public long CorrectedErrors => Volatile.Read(ref _correctedErrors);

    /// <summary>Faults that cost contents: resets, and the device being unplugged.</summary>
    public long UncorrectedErrors => Volatile.Read(ref _uncorrectedErrors);

    /// <summary>Moves from one domain to another for one cause, every hop counted.</summary>
    /// <param name="from">The old domain.</param>
    /// <param name="to">The new one.</param>
    /// <param name="cause">Why.</param>
    public long Moves(MemoryDomain from, MemoryDomain to, MoveCause cause) => Volatile.Read(ref _moves[Index(from, to, cause)]);

    /// <summary>Bytes of what moved so; a rebinding of the same pages, between system RAM and the aperture, moves none.</summary>
    /// <param name="from">The old domain.</param>
    /// <param name="to">The new one.</param>
    /// <param name="cause">Why.</param>
    public long MoveBytes(MemoryDomain from, MemoryDomain to, MoveCause cause) => Volatile.Read(ref _moves[Index(from, to, cause) + 1]);

    internal void CountMove(MemoryDomain from, MemoryDomain to, MoveCause cause, long sizeBytes)
    {
        int index = Index(from, to, cause);
        Interlocked.Increment(ref _moves[index]);
        bool isRebinding = from is MemoryDomain.System or MemoryDomain.Gtt && to is MemoryDomain.System or MemoryDomain.Gtt;
        if (!isRebinding)
        {
            Interlocked.Add(ref _moves[index + 1], sizeBytes);
        }
    }

    internal void CountError(bool isCorrected) => Interlocked.Increment(ref isCorrected ? ref _correctedErrors : ref _uncorrectedErrors);

    internal void CountFlush(long sizeBytes, long durationNs)
    {
        Interlocked.Increment(ref _journalFlushes);
        Interlocked.Add(ref _journalBytes, sizeBytes);
        Interlocked.Add(ref _journalFlushNs, durationNs);
    }

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

    private static int Index(MemoryDomain from, MemoryDomain to, MoveCause cause) =>
        2 * (((((int)from * DomainCount) + (int)to) * CauseCount) + (int)cause);
}
