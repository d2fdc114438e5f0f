using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;

namespace GpuMm.Hosting.Views;

/// <summary>Looks for objects among all of a device, with no lock of the device held.</summary>
/// <remarks>
/// What an object is costs little to ask; where it is costs its reservation, so that is asked last, and only of those that a query
/// or its answer needs it of. A query that everything matches looks at no more objects than it returns.
/// </remarks>
/// <param name="gpu">The device.</param>
/// <param name="view">Makes the view of an object.</param>
internal sealed class ObjectSearch(SimulatedGpu gpu, Func<TrackedObject, ObjectSight, ObjectView> view)
{
    private const int MostKept = 8;
    private const int RestFactor = 50;
    private static readonly TimeSpan s_longestKept = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Dictionary<ObjectQuery, (ObjectPage Page, long UntilNs)> _kept = []; // Lock: _gate
    private long _lookedCount;

    /// <summary>Objects that searches looked at so far.</summary>
    public long LookedCount => Volatile.Read(ref _lookedCount);

    /// <summary>Searches now.</summary>
    /// <param name="query">What for.</param>
    /// <param name="most">Most objects to look at.</param>
    public ObjectPage Find(ObjectQuery query, int most)
    {
        int limit = Math.Clamp(query.Limit, 0, 1000);
        Matcher matcher = new(query);
        if (matcher.MatchesAll && gpu.Objects.Count is var count && count <= most)
        {
            return FirstOfAll(query.Offset, limit, count);
        }

        List<ObjectView> found = [];
        TrackedObject[] piece = new TrackedObject[1024];
        int cursor = 0;
        int total = 0;
        int looked = 0;
        bool isAtEnd = false;
        while (looked < most && !isAtEnd)
        {
            int copied = gpu.Objects.CopyNext(ref cursor, piece);
            foreach (TrackedObject tracked in piece.AsSpan(0, copied))
            {
                if (matcher.Matches(tracked) && total++ >= query.Offset && found.Count < limit)
                {
                    found.Add(view(tracked, HeapSweep.Sight(tracked)));
                }
            }

            looked += copied;
            isAtEnd = copied < piece.Length;
        }

        Interlocked.Add(ref _lookedCount, looked);
        return new ObjectPage(found, total, isAtEnd);
    }

    /// <summary>Searches, or answers what was found a moment ago: the longer the search took the longer ago, at most 2 s.</summary>
    /// <param name="query">What for.</param>
    /// <param name="most">Most objects to look at.</param>
    /// <remarks>For viewers, who ask the same again and again: one search at a time for all of them.</remarks>
    public ObjectPage FindRecent(ObjectQuery query, int most)
    {
        lock (_gate)
        {
            long startNs = gpu.Driver.ClockNs;
            if (_kept.TryGetValue(query, out (ObjectPage Page, long UntilNs) kept) && startNs < kept.UntilNs)
            {
                return kept.Page;
            }

            ObjectPage page = Find(query, most);
            long endNs = gpu.Driver.ClockNs;
            long forNs = Math.Clamp((endNs - startNs) * RestFactor, DeviceSnapshotService.FreshNs, s_longestKept.Ticks * 100);
            if (_kept.Count >= MostKept)
            {
                _kept.Remove(_kept.MinBy(static each => each.Value.UntilNs).Key);
            }

            _kept[query] = (page, endNs + forNs);
            return page;
        }
    }

    private ObjectPage FirstOfAll(int offset, int limit, int count)
    {
        List<ObjectView> found = [];
        TrackedObject[] piece = new TrackedObject[Math.Clamp(limit, 1, 1024)];
        int cursor = 0;
        int passed = 0;
        while (found.Count < limit)
        {
            int copied = gpu.Objects.CopyNext(ref cursor, piece);
            for (int i = Math.Min(copied, Math.Max(0, offset - passed)); i < copied && found.Count < limit; i++)
            {
                found.Add(view(piece[i], HeapSweep.Sight(piece[i])));
            }

            passed += copied;
            if (copied < piece.Length)
            {
                break;
            }
        }

        Interlocked.Add(ref _lookedCount, passed);
        return new ObjectPage(found, count, IsComplete: true);
    }

    // A query, taken apart once.
    private readonly struct Matcher
    {
        private readonly ObjectQuery _query;
        private readonly bool _hasId;
        private readonly ulong _id;
        private readonly bool _asksWhere;

        public Matcher(ObjectQuery query)
        {
            _query = query;
            _hasId = ulong.TryParse(query.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _id);
            _asksWhere = query.IsPinned is not null || query.Domain is not null || query.IsMisplaced is not null || query.FirstAddress is not null || query.EndAddress is not null;
            MatchesAll = !_asksWhere && string.IsNullOrEmpty(query.Text) && query.ClientId is null && query.MinBytes is null or 0 && query.MaxBytes is null;
        }

        public bool MatchesAll { get; }

        public bool Matches(TrackedObject tracked)
        {
            BufferObject target = tracked.Target;
            return (_query.ClientId ?? tracked.ClientId) == tracked.ClientId &&
                (_query.MinBytes ?? 0) <= target.SizeBytes && (_query.MaxBytes ?? ulong.MaxValue) >= target.SizeBytes &&
                (string.IsNullOrEmpty(_query.Text) || (_hasId && target.Id == _id) || target.Name.Contains(_query.Text, StringComparison.OrdinalIgnoreCase)) &&
                (!_asksWhere || IsWhere(tracked, HeapSweep.Sight(tracked)));
        }

        private bool IsWhere(TrackedObject tracked, ObjectSight sight)
        {
            bool isThere = sight.HasSpace;
            return (_query.IsPinned ?? sight.PinCount > 0) == (sight.PinCount > 0) &&
                (_query.Domain is null || (isThere && string.Equals(_query.Domain, DeviceSnapshotService.NameOf(sight.Domain), StringComparison.OrdinalIgnoreCase))) &&
                (_query.IsMisplaced is not { } misplaced || (isThere && PlacementNames.PreferredOf(tracked.Placement) != sight.Domain) == misplaced) &&
                (_query.FirstAddress is not { } first || (isThere && sight.StartBytes + tracked.Target.SizeBytes > first)) &&
                (_query.EndAddress is not { } end || (isThere && sight.StartBytes < end));
        }
    }
}
