using System;

namespace GpuMm.Objects;

/// <summary>
/// How much a submission may move: time passes into a budget, moves take from it, and when it is empty objects stay where
/// they are allowed to be instead of going where they are preferred.
/// </summary>
/// <remarks>
/// One per kind of memory (all of it, the visible part). Time comes from the caller. Not safe for concurrent use: guard it
/// with the lock of the submission queue. Source: amdgpu_cs.c, amdgpu_cs_get_threshold_for_moves.
/// </remarks>
public sealed class MoveBudget
{
    /// <summary>Free memory from which on a quarter of it is always in the budget, bytes; or an eighth of the whole.</summary>
    public const ulong PlentyBytes = 128ul << 20;

    private const ulong NsPerSecond = 1_000_000_000;

    private readonly ulong _bytesPerSecond;
    private readonly long _capNs;
    private long _accumulatedNs;
    private ulong _lastNs;

    /// <summary>An empty budget.</summary>
    /// <param name="bytesPerSecond">The most that can be moved; measured.</param>
    /// <param name="capNs">Most time that is saved up, ns.</param>
    /// <param name="nowNs">The time now.</param>
    public MoveBudget(ulong bytesPerSecond, ulong capNs = 200_000_000, ulong nowNs = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capNs, (ulong)long.MaxValue);
        _bytesPerSecond = bytesPerSecond;
        _capNs = (long)capNs;
        _lastNs = nowNs;
    }

    /// <summary>Bytes that may be moved now; 0 when moves must wait.</summary>
    /// <param name="nowNs">The time; never goes back.</param>
    /// <param name="freeBytes">Memory that is free.</param>
    /// <param name="totalBytes">Memory in all.</param>
    public ulong AvailableBytes(ulong nowNs, ulong freeBytes, ulong totalBytes)
    {
        AddTime(nowNs);
        if (freeBytes >= PlentyBytes || freeBytes >= totalBytes / 8)
        {
            _accumulatedNs = Math.Max(_accumulatedNs, ToNs(freeBytes / 4));
        }

        return ToBytes();
    }

    /// <summary>As <see cref="AvailableBytes"/>, for the part that the CPU sees: half of it must be free for half of that.</summary>
    /// <param name="nowNs">The time; never goes back.</param>
    /// <param name="freeBytes">Memory of this part that is free.</param>
    /// <param name="totalBytes">Memory of this part in all.</param>
    public ulong AvailableVisibleBytes(ulong nowNs, ulong freeBytes, ulong totalBytes)
    {
        AddTime(nowNs);
        if (freeBytes >= totalBytes / 2)
        {
            _accumulatedNs = Math.Max(_accumulatedNs, ToNs(freeBytes / 2));
        }

        return ToBytes();
    }

    private void AddTime(ulong nowNs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nowNs, _lastNs);
        long passedNs = (long)Math.Min(nowNs - _lastNs, (ulong)_capNs + (ulong)Math.Max(0, -_accumulatedNs));
        _lastNs = nowNs;
        _accumulatedNs = Math.Min(_capNs, _accumulatedNs + passedNs);
    }

    /// <summary>Takes what was moved from the budget; it may fall below zero, and is then paid back by time.</summary>
    /// <param name="movedBytes">Usually <see cref="OperationContext.BytesMoved"/>.</param>
    public void Charge(ulong movedBytes) => _accumulatedNs = Math.Max(long.MinValue / 2, _accumulatedNs - ToNs(movedBytes));

    /// <summary>Where an object of a submission goes.</summary>
    /// <param name="availableBytes">What <see cref="AvailableBytes"/> answered.</param>
    /// <param name="movedBytes">What this submission moved already.</param>
    /// <param name="preferred">Where it would be best.</param>
    /// <param name="allowed">Where it may be; should name its present domain.</param>
    public static Placement Choose(ulong availableBytes, ulong movedBytes, Placement preferred, Placement allowed) =>
        movedBytes < availableBytes ? preferred : allowed;

    private ulong ToBytes() =>
        _accumulatedNs <= 0 ? 0 : (ulong)((UInt128)(ulong)_accumulatedNs * _bytesPerSecond / NsPerSecond);

    private long ToNs(ulong bytes) => (long)UInt128.Min((UInt128)bytes * NsPerSecond / _bytesPerSecond, (ulong)(long.MaxValue / 4));
}
