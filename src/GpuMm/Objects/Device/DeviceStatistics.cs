using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>What a device did since it was made. Counters only grow; reading them takes no lock.</summary>
public sealed class DeviceStatistics
{
    private const int DomainCount = 8;
    private const int FaultCount = 0;
    private const int RetryCount = 1;
    private const int InsertedCount = 2;
    private const int ZappedCount = 3;
    private const int FaultCounters = 4;

    // Every fault and every move counts: threads must not meet there. Moves and bytes of one pair of domains lie side by side.
    private readonly StripedCounters _faults = new(FaultCounters);
    private readonly StripedCounters _moves = new(2 * DomainCount * DomainCount);
    private readonly StripedCounters _evictions = new(2); // Number, bytes
    private long _swappedOutBytes;
    private long _swappedInBytes;
    private long _visibilityFaults;

    /// <summary>Objects that were moved to make room for others, hops not counted.</summary>
    public long Evictions => _evictions.Sum(0);

    /// <summary>Bytes of those objects.</summary>
    public long EvictedBytes => _evictions.Sum(1);

    /// <summary>CPU faults that a handler answered, retries included.</summary>
    public long Faults => _faults.Sum(FaultCount);

    /// <summary>Faults that waited outside the address-space lock and were tried again.</summary>
    public long FaultRetries => _faults.Sum(RetryCount);

    /// <summary>Page-table entries inserted.</summary>
    public long InsertedPtes => _faults.Sum(InsertedCount);

    /// <summary>Page-table entries revoked by moves.</summary>
    public long ZappedPtes => _faults.Sum(ZappedCount);

    /// <summary>Objects that the CPU touched where it could not see them, and that were moved for it.</summary>
    public long VisibilityFaults => Volatile.Read(ref _visibilityFaults);

    /// <summary>Bytes written to the swap store, whole objects.</summary>
    public long SwappedOutBytes => Volatile.Read(ref _swappedOutBytes);

    /// <summary>Bytes read back from it, whole objects.</summary>
    public long SwappedInBytes => Volatile.Read(ref _swappedInBytes);

    /// <summary>Moves from one domain to another, every hop counted.</summary>
    /// <param name="from">The old domain.</param>
    /// <param name="to">The new one.</param>
    public long Moves(MemoryDomain from, MemoryDomain to) => _moves.Sum(Index(from, to));

    /// <summary>Bytes that were carried from one domain to another; a rebinding of the same pages carries none.</summary>
    /// <param name="from">The old domain.</param>
    /// <param name="to">The new one.</param>
    public long MoveBytes(MemoryDomain from, MemoryDomain to) => _moves.Sum(Index(from, to) + 1);

    internal void CountMove(MemoryDomain from, MemoryDomain to, ulong carriedBytes)
    {
        int index = Index(from, to);
        _moves.Add(index, 1);
        if (carriedBytes != 0)
        {
            _moves.Add(index + 1, (long)carriedBytes);
        }
    }

    internal void CountEviction(ulong sizeBytes)
    {
        _evictions.Add(0, 1);
        _evictions.Add(1, (long)sizeBytes);
    }

    internal void CountFault(bool isRetry, int insertedCount)
    {
        _faults.Add(FaultCount, 1);
        if (isRetry)
        {
            _faults.Add(RetryCount, 1);
        }

        _faults.Add(InsertedCount, insertedCount);
    }

    internal void CountSwapOut(ulong sizeBytes) => Interlocked.Add(ref _swappedOutBytes, (long)sizeBytes);

    internal void CountSwapIn(ulong sizeBytes) => Interlocked.Add(ref _swappedInBytes, (long)sizeBytes);

    internal void CountVisibilityFault() => Interlocked.Increment(ref _visibilityFaults);

    internal void CountZap(int zappedCount) => _faults.Add(ZappedCount, zappedCount);

    private static int Index(MemoryDomain from, MemoryDomain to) => 2 * (((int)from * DomainCount) + (int)to);
}
