using System;
using System.Collections.Generic;

namespace GpuMm.Diagnostics;

/// <summary>Explains every eviction of a device: who, for whom, its place in the order, and why the others were passed over.</summary>
/// <remarks>
/// Add it with <c>GpuDevice.AddObserver</c>. Memory is bounded: <see cref="Capacity"/> evictions, <see cref="HistoryCapacity"/>
/// events of histories, <see cref="MaxNames"/> names. Safe for concurrent use; the lock is its own and the last in the order.
/// </remarks>
public sealed class EvictionJournal : IDeviceObserver
{
    /// <summary>Most candidates kept per eviction; the others are counted.</summary>
    public const int MaxPassed = 32;

    /// <summary>Most names kept; objects beyond them are told by number.</summary>
    public const int MaxNames = 1 << 20;

    private const int MaxWalks = 256;

    private readonly object _gate = new();
    private readonly Queue<EvictionRecord> _records = new(); // Lock: _gate
    private readonly EventRing _history; // Lock: _gate
    private readonly Dictionary<ulong, string> _names = []; // Lock: _gate
    private readonly Dictionary<(ulong Evictor, MemoryDomain? Domain), Walk> _walks = []; // Lock: _gate
    private readonly Dictionary<ulong, DeviceEvent> _moves = []; // Lock: _gate; by victim, until it is told as evicted
    private readonly string _order;

    /// <summary>An empty journal.</summary>
    /// <param name="order">What the order is called: the name of the policy.</param>
    /// <param name="capacity">Evictions kept; the oldest are forgotten.</param>
    /// <param name="historyCapacity">Events kept for the histories of all objects together.</param>
    public EvictionJournal(string order = "lru", int capacity = 4096, int historyCapacity = 65_536)
    {
        ArgumentException.ThrowIfNullOrEmpty(order);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(historyCapacity);
        _order = order.ToUpperInvariant();
        Capacity = capacity;
        HistoryCapacity = historyCapacity;
        _history = new EventRing(historyCapacity);
    }

    /// <summary>Evictions kept.</summary>
    public int Capacity { get; }

    /// <summary>Events kept for histories.</summary>
    public int HistoryCapacity { get; }

    /// <summary>The evictions that are still known, oldest first: a copy.</summary>
    public IReadOnlyList<EvictionRecord> Evictions
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>The evictions of one object that are still known, oldest first.</summary>
    /// <param name="objectId">The object.</param>
    public IReadOnlyList<EvictionRecord> EvictionsOf(ulong objectId)
    {
        List<EvictionRecord> found = [];
        lock (_gate)
        {
            foreach (EvictionRecord record in _records)
            {
                if (record.VictimId == objectId)
                {
                    found.Add(record);
                }
            }
        }

        return found;
    }

    /// <summary>What happened to one object, as far as it is still known, oldest first.</summary>
    /// <param name="objectId">The object.</param>
    public IReadOnlyList<DeviceEvent> HistoryOf(ulong objectId)
    {
        lock (_gate)
        {
            return _history.Of(objectId);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(in DeviceEvent occurred)
    {
        lock (_gate)
        {
            switch (occurred.Kind)
            {
                case DeviceEventKind.ObjectCreated when _names.Count < MaxNames && occurred.Name is { Length: > 0 } name:
                    _names[occurred.ObjectId] = name;
                    break;
                case DeviceEventKind.MoveFinished when occurred.Cause == MoveCause.Eviction && occurred.Status == MmStatus.Ok:
                    _moves[occurred.ObjectId] = occurred;
                    break;
                case DeviceEventKind.EvictionSkipped:
                    WalkOf(occurred).Add(Candidate(occurred));
                    break;
                case DeviceEventKind.Evicted:
                    Record(occurred);
                    break;
                case DeviceEventKind.ObjectDestroyed or DeviceEventKind.CreateFailed:
                    Forget(occurred.ObjectId);
                    break;
            }

            if (IsTold(occurred.Kind))
            {
                _history.Add(occurred);
            }
        }
    }

    // Uses and accesses are too many, and say nothing about where an object is.
    private static bool IsTold(DeviceEventKind kind) => kind is >= DeviceEventKind.ObjectCreated and <= DeviceEventKind.Named
        or DeviceEventKind.Pinned or DeviceEventKind.Unpinned or DeviceEventKind.Advised or DeviceEventKind.GhostMade
        or DeviceEventKind.MoveFinished or DeviceEventKind.Evicted or DeviceEventKind.EvictionSkipped
        or DeviceEventKind.ContentsDropped or DeviceEventKind.Purged or DeviceEventKind.SwappedOut or DeviceEventKind.SwappedIn
        or DeviceEventKind.ContentsLost or DeviceEventKind.LossAcknowledged;

    private void Record(in DeviceEvent occurred)
    {
        Walk walk = WalkOf(occurred);
        bool isMoved = _moves.Remove(occurred.ObjectId, out DeviceEvent move);
        if (_records.Count == Capacity)
        {
            _records.Dequeue();
        }

        _records.Enqueue(new EvictionRecord
        {
            Sequence = occurred.Sequence,
            TimeNs = occurred.TimeNs,
            VictimId = occurred.ObjectId,
            VictimName = NameOf(occurred.ObjectId),
            EvictorId = occurred.RelatedId,
            EvictorName = NameOf(occurred.RelatedId),
            Rank = occurred.Count,
            Order = _order,
            From = occurred.From,
            To = isMoved ? move.To : null,
            SizeBytes = occurred.SizeBytes,
            CostNs = isMoved ? move.DurationNs : 0,
            Passed = walk.Passed.ToArray(),
            PassedUntold = walk.Untold,
        });
        walk.Add(Candidate(occurred));
    }

    private PassedCandidate Candidate(in DeviceEvent occurred) =>
        new(occurred.ObjectId, NameOf(occurred.ObjectId), occurred.Reason, occurred.Status, occurred.Count);

    // Candidates of one walk come in the order of their places: a place that is not behind the last begins a new walk.
    private Walk WalkOf(in DeviceEvent occurred)
    {
        (ulong, MemoryDomain?) key = (occurred.RelatedId, occurred.From);
        if (_walks.TryGetValue(key, out Walk? walk))
        {
            if (occurred.Count <= walk.LastRank)
            {
                walk.Clear();
            }

            return walk;
        }

        if (_walks.Count == MaxWalks)
        {
            _walks.Clear(); // Nearly all of them ended long ago; one under way loses the reasons so far.
        }

        return _walks[key] = new Walk();
    }

    private string NameOf(ulong objectId) => _names.GetValueOrDefault(objectId, "");

    private void Forget(ulong objectId)
    {
        _names.Remove(objectId);
        _moves.Remove(objectId);
    }

    private sealed class Walk
    {
        public List<PassedCandidate> Passed { get; } = [];

        public int Untold { get; private set; }

        public int LastRank { get; private set; } = -1;

        public void Add(in PassedCandidate candidate)
        {
            LastRank = candidate.Rank;
            if (Passed.Count < MaxPassed)
            {
                Passed.Add(candidate);
            }
            else
            {
                Untold++;
            }
        }

        public void Clear()
        {
            Passed.Clear();
            Untold = 0;
            LastRank = -1;
        }
    }
}
