using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;

namespace GpuMm.Hosting.Views;

/// <summary>What pages and programs see of one device: occupancy, heap map, clients, objects, events, rates.</summary>
/// <remarks>
/// Safe for concurrent use, and cheap however often it is asked: answers are at most <see cref="FreshNs"/> old and made
/// once for all askers; each making looks at no more than
/// <see cref="MaxLooksAtOnce"/> times <see cref="ObjectsPerLook"/> objects. A device with more is
/// walked in pieces, so its heap map and the bytes of a client by domain lag behind by a few looks; sizes, counts, rates
/// and events do not.
/// </remarks>
public sealed class DeviceSnapshotService
{
    /// <summary>How long an answer is good, ns: 20 are made in a second at most.</summary>
    public const long FreshNs = 50_000_000;

    /// <summary>Objects looked at for one answer.</summary>
    public const int ObjectsPerLook = 8192;

    /// <summary>Looks that are made up for at once when nobody has asked for a while: a walk over a million objects goes on.</summary>
    public const int MaxLooksAtOnce = 4;

    /// <summary>Most objects that a search looks at.</summary>
    public const int MaxSearched = 2_000_000;

    private const long ThrashWindowNs = 5_000_000_000;
    private const int EventsPerPiece = 128;

    private readonly object _gate = new();
    private readonly SimulatedGpu _gpu;
    private readonly HeapSweep _sweep; // Lock: _gate
    private readonly Dictionary<(MemoryDomain, int), HeapMapView> _maps = []; // Lock: _gate
    private DeviceSnapshot? _snapshot; // Lock: _gate
    private IReadOnlyList<ClientView> _clients = []; // Lock: _gate
    private long _lookedNs = long.MinValue / 2; // Lock: _gate

    /// <summary>A view of a device.</summary>
    /// <param name="gpu">The device.</param>
    public DeviceSnapshotService(SimulatedGpu gpu)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        _gpu = gpu;
        _sweep = new HeapSweep(gpu);
        Rates = new RateHistory(gpu);
        Searches = new ObjectSearch(gpu, View);
    }

    /// <summary>The device.</summary>
    public SimulatedGpu Gpu => _gpu;

    /// <summary>Share of bytes moved into video memory, from which a device counts as thrashing.</summary>
    public double ThrashRatio { get; set; } = 0.5;

    internal RateHistory Rates { get; }

    internal ObjectSearch Searches { get; }

    /// <summary>Whether most of what moves into video memory lately was evicted from it just before.</summary>
    public bool IsThrashing
    {
        get
        {
            (long movedIn, long refaulted) = Rates.Recent(ThrashWindowNs);

            // A sixteenth of the memory in five seconds: less is no trouble to anybody.
            return movedIn > (long)(_gpu.Options.Vram.Bytes / 16) && refaulted >= movedIn * ThrashRatio;
        }
    }

    /// <summary>The device at a glance.</summary>
    public DeviceSnapshot Snapshot()
    {
        lock (_gate)
        {
            Look();
            return _snapshot!;
        }
    }

    /// <summary>A domain by address.</summary>
    /// <param name="domain"><see cref="MemoryDomain.Vram"/> or <see cref="MemoryDomain.Gtt"/>; system RAM has no addresses.</param>
    /// <param name="maxCells">Most cells; 1 to 4096.</param>
    public HeapMapView HeapMap(MemoryDomain domain, int maxCells)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCells, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxCells, HeapSweep.FineCells);
        if (domain is not (MemoryDomain.Vram or MemoryDomain.Gtt))
        {
            throw new ArgumentOutOfRangeException(nameof(domain), domain, "Only video memory and the aperture have addresses.");
        }

        lock (_gate)
        {
            Look();
            if (!_maps.TryGetValue((domain, maxCells), out HeapMapView? map))
            {
                HeapCells cells = domain == MemoryDomain.Vram ? _sweep.Vram : _sweep.Gtt;
                ulong sizeBytes = _gpu.Device.Manager(domain).SizeBytes;
                HeapCell[] merged = cells.Merge(maxCells, sizeBytes, _gpu.Driver.ClockNs, out ulong cellBytes);
                map = new HeapMapView(NameOf(domain), sizeBytes, cellBytes, _sweep.EndedNs, _sweep.EndedNs == 0, _sweep.ShownObjects, merged);
                _maps.Add((domain, maxCells), map);
            }

            return map;
        }
    }

    /// <summary>The open clients, oldest first.</summary>
    public IReadOnlyList<ClientView> Clients()
    {
        lock (_gate)
        {
            Look();
            return _clients;
        }
    }

    /// <summary>One client as it is now, also when it came after the last look.</summary>
    /// <param name="session">The client.</param>
    /// <remarks>What it uses of each domain is as old as in <see cref="Clients"/>: nothing for one that came later.</remarks>
    public ClientView Client(GpuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_gate)
        {
            Look();
            return View(session, _gpu.Driver.ClockNs);
        }
    }

    /// <summary>Samples of rates after a time, oldest first.</summary>
    /// <param name="afterNs">On the driver's clock, ns; 0 for all that are kept.</param>
    public IReadOnlyList<RateSample> RateSamples(long afterNs) => Rates.After(afterNs);

    /// <summary>Takes a sample of rates. The sampler calls it; without a host, whoever wants rates does.</summary>
    public void Sample() => Rates.Sample(_gpu.Options.SamplePeriod.Ticks * 50);

    /// <summary>Searches objects. Cost: O(objects) up to <see cref="MaxSearched"/>, without any lock of the device held; O(matches returned) when nothing is asked for.</summary>
    /// <param name="query">What for.</param>
    public ObjectPage Search(ObjectQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Searches.Find(query, MaxSearched);
    }

    /// <summary>Searches objects, or answers what the same query found a moment ago: 50 times as long ago as it took, 2 s at most.</summary>
    /// <param name="query">What for.</param>
    public ObjectPage SearchRecent(ObjectQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Searches.FindRecent(query, MaxSearched);
    }

    /// <summary>All objects, in one walk, with no lock of the device held.</summary>
    /// <param name="max">Most objects to return.</param>
    /// <param name="isComplete">False when there are more.</param>
    public IReadOnlyList<ObjectView> All(int max, out bool isComplete)
    {
        List<ObjectView> found = [];
        TrackedObject[] piece = new TrackedObject[1024];
        int cursor = 0;
        while (true)
        {
            int count = _gpu.Objects.CopyNext(ref cursor, piece);
            foreach (TrackedObject tracked in piece.AsSpan(0, count))
            {
                if (found.Count == max)
                {
                    isComplete = false;
                    return found;
                }

                found.Add(View(tracked));
            }

            if (count < piece.Length)
            {
                isComplete = true;
                return found;
            }
        }
    }

    /// <summary>One object, or null when there is none of that number.</summary>
    /// <param name="objectId">Its number on the device.</param>
    public ObjectView? FindObject(ulong objectId) =>
        _gpu.Objects.Find(objectId) is { } tracked ? View(tracked, HeapSweep.Sight(tracked)) : null;

    /// <summary>What is still known of an object's past, oldest first.</summary>
    /// <param name="objectId">Its number on the device.</param>
    public IReadOnlyList<DeviceEvent> History(ulong objectId)
    {
        // In small pieces: whatever happens to the device waits while one is copied.
        DeviceEvent[] piece = ArrayPool<DeviceEvent>.Shared.Rent(EventsPerPiece);
        List<DeviceEvent> found = [];
        ulong after = 0;
        while (_gpu.Events.CopyAfter(after, piece.AsSpan(0, EventsPerPiece), out _) is var count and > 0 && piece[count - 1].Sequence > after)
        {
            after = piece[count - 1].Sequence;
            foreach (ref readonly DeviceEvent each in piece.AsSpan(0, count))
            {
                if (each.ObjectId == objectId || each.RelatedId == objectId)
                {
                    found.Add(each);
                }
            }
        }

        ArrayPool<DeviceEvent>.Shared.Return(piece, clearArray: true);
        return found;
    }

    /// <summary>Events younger than a number, oldest first.</summary>
    /// <param name="after">The last number that the asker has.</param>
    /// <param name="max">Most events.</param>
    /// <param name="missed">How many were overwritten before they could be read.</param>
    public IReadOnlyList<DeviceEvent> RecentEvents(ulong after, int max, out ulong missed)
    {
        return _gpu.Events.TakeAfter(after, max, out missed);
    }

    /// <summary>The view of an object.</summary>
    /// <param name="tracked">The object.</param>
    public ObjectView View(TrackedObject tracked)
    {
        ArgumentNullException.ThrowIfNull(tracked);
        return View(tracked, HeapSweep.Sight(tracked));
    }

    /// <summary>The limits and use of a client in every domain.</summary>
    /// <param name="session">The client.</param>
    public static IReadOnlyList<DomainLimitView> LimitsOf(GpuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return LimitViews(session.DomainLimits, session.DomainUsage);
    }

    /// <summary>The groups of clients, each after the group that it lies in. Cost: O(groups and clients).</summary>
    public IReadOnlyList<GroupView> Groups()
    {
        ILookup<string?, int> clients = _gpu.Sessions.ToLookup(static session => session.GroupPath, static session => session.Id, StringComparer.Ordinal);
        return [.. _gpu.Groups.Snapshot().Select(each => new GroupView(each.Path, [.. clients[each.Path]], LimitViews(each.Group.LimitsOf, each.Group.UsageOf)))];
    }

    /// <summary>A domain's name as people write it.</summary>
    /// <param name="domain">The domain.</param>
    public static string NameOf(MemoryDomain domain) => domain switch
    {
        MemoryDomain.System => "system",
        MemoryDomain.Gtt => "gtt",
        MemoryDomain.Vram => "vram",
        _ => $"private{(int)domain - (int)MemoryDomain.Private0}",
    };

    private ObjectView View(TrackedObject tracked, ObjectSight sight)
    {
        BufferObject target = tracked.Target;
        long nowNs = _gpu.Driver.ClockNs;
        return new ObjectView(
            target.Id,
            target.Name,
            tracked.ClientId,
            target.SizeBytes,
            sight.HasSpace ? NameOf(sight.Domain) : null,
            sight.StartBytes,
            sight.RangeCount,
            tracked.PlacementName,
            sight.HasSpace && PlacementNames.PreferredOf(tracked.Placement) != sight.Domain,
            sight.PinCount,
            target.Priority,
            target.IsPurgeable,
            target.IsSwapped,
            Math.Max(0, (nowNs - tracked.CreatedNs) / 1_000_000),
            Math.Max(0, (nowNs - tracked.LastUsedNs) / 1_000_000),
            tracked.SharedName);
    }

    private static IReadOnlyList<DomainLimitView> LimitViews(Func<MemoryDomain, MemoryLimits> limitsOf, Func<MemoryDomain, MemoryUsage> usageOf) =>
        [.. ((MemoryDomain[])[MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.System]).Select(domain =>
        {
            (MemoryLimits limits, MemoryUsage usage) = (limitsOf(domain), usageOf(domain));
            return new DomainLimitView(
                NameOf(domain),
                limits.MinBytes,
                limits.LowBytes,
                limits.MaxBytes == ulong.MaxValue ? null : limits.MaxBytes,
                usage.CurrentBytes,
                usage.PeakBytes,
                usage.EffectiveMinBytes,
                usage.EffectiveLowBytes);
        })];

    // Lock: _gate.
    private void Look()
    {
        long nowNs = _gpu.Driver.ClockNs;
        if (_snapshot is not null && nowNs - _lookedNs < FreshNs)
        {
            return;
        }

        int looks = (int)Math.Clamp((nowNs - _lookedNs) / FreshNs, 1, MaxLooksAtOnce);
        _lookedNs = nowNs;
        _gpu.Driver.Pump();
        _sweep.Step(ObjectsPerLook * looks);
        _maps.Clear();
        IReadOnlyList<GpuSession> sessions = _gpu.Sessions;
        _clients = [.. sessions.Select(session => View(session, nowNs))];
        _snapshot = new DeviceSnapshot(
            _gpu.Name,
            _gpu.Machine.Name,
            nowNs,
            _gpu.Events.LastSequence,
            [Domain(MemoryDomain.Vram), Domain(MemoryDomain.Gtt), Domain(MemoryDomain.System)],
            _gpu.Device.SystemPagesUsedBytes,
            _gpu.Device.SystemPagesPeakBytes,
            _gpu.Device.ObjectCount,
            sessions.Count,
            _gpu.Driver.Copy.PendingCount + _gpu.Driver.Render.PendingCount,
            IsThrashing,
            Rates.Latest);
    }

    private DomainView Domain(MemoryDomain domain)
    {
        ResourceManager manager = _gpu.Device.Manager(domain);
        return new DomainView(NameOf(domain), manager.SizeBytes, manager.UsedBytes, manager.PeakBytes, manager.CpuVisibleBytes);
    }

    private ClientView View(GpuSession session, long nowNs)
    {
        ClientUsage usage = _sweep.Clients.GetValueOrDefault(session.Id) ?? new ClientUsage();
        return new ClientView(
            session.Id,
            session.Name,
            session.HandleCount,
            session.HeldBytes,
            usage.VramBytes,
            usage.GttBytes,
            usage.SystemBytes,
            session.JobCount,
            session.Limits.MaxBytes,
            session.Limits.MaxObjects,
            Math.Max(0, (nowNs - session.LastSeenNs) / 1_000_000),
            session.Lease is { } lease ? (long)lease.TotalMilliseconds : null,
            session.GroupPath);
    }
}
