using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;

namespace GpuMm.Hosting.Views;

/// <summary>
/// Walks over all objects piece by piece and adds up where they are, so that a look at a million objects costs a bounded
/// time each.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. A reservation is tried, never waited for; who is busy counts where it was last seen.
/// </remarks>
internal sealed class HeapSweep
{
    /// <summary>Cells of the finest map.</summary>
    public const int FineCells = 4096;

    private readonly SimulatedGpu _gpu;
    private readonly TrackedObject[] _piece = new TrackedObject[512];
    private Sums _building;
    private Sums _shown;
    private int _cursor;

    public HeapSweep(SimulatedGpu gpu)
    {
        _gpu = gpu;
        _building = new Sums(gpu);
        _shown = new Sums(gpu);
    }

    /// <summary>When the walk that is shown ended; 0 before the first.</summary>
    public long EndedNs { get; private set; }

    public int ShownObjects => _shown.Objects;

    public HeapCells Vram => _shown.Vram;

    public HeapCells Gtt => _shown.Gtt;

    public IReadOnlyDictionary<int, ClientUsage> Clients => _shown.Clients;

    /// <summary>Goes on with the walk.</summary>
    /// <param name="maxObjects">Most objects to look at.</param>
    public void Step(int maxObjects)
    {
        int left = maxObjects;
        while (left > 0)
        {
            int count = _gpu.Objects.CopyNext(ref _cursor, _piece.AsSpan(0, Math.Min(left, _piece.Length)));
            for (int i = 0; i < count; i++)
            {
                Look(_piece[i]);
            }

            left -= count;
            if (count < _piece.Length && (count == 0 || left > 0))
            {
                Show();
                return;
            }
        }

        if (EndedNs == 0)
        {
            // Better a part of the first walk than nothing.
            _shown = _building;
        }
    }

    /// <summary>Where an object is now, or was last seen.</summary>
    public static ObjectSight Sight(TrackedObject tracked)
    {
        BufferObject target = tracked.Target;
        if (!target.Reservation.TryLock())
        {
            return tracked.Sight;
        }

        ObjectSight sight = SightLocked(tracked);
        target.Reservation.Unlock();
        return sight;
    }

    // Lock: the object's reservation. Allocates only when something changed: a million objects are looked at all the time.
    private static ObjectSight SightLocked(TrackedObject tracked)
    {
        Resource? resource = tracked.Target.Resource;
        ObjectSight seen = tracked.Sight;
        bool hasSpace = resource is not null;
        MemoryDomain domain = resource?.Domain ?? MemoryDomain.System;
        ulong startBytes = resource?.StartBytes ?? 0;
        int rangeCount = resource?.RangeCount ?? 0;
        int pinCount = tracked.Target.PinCount;
        if (seen.HasSpace != hasSpace || seen.Domain != domain || seen.StartBytes != startBytes || seen.RangeCount != rangeCount || seen.PinCount != pinCount)
        {
            seen = new ObjectSight(hasSpace, domain, startBytes, rangeCount, pinCount);
            tracked.Sight = seen;
        }

        return seen;
    }

    private void Show()
    {
        EndedNs = Math.Max(1, _gpu.Driver.ClockNs);
        (_shown, _building) = (_building, ReferenceEquals(_shown, _building) ? new Sums(_gpu) : _shown);
        _building.Clear();
        _cursor = 0;
    }

    private void Look(TrackedObject tracked)
    {
        BufferObject target = tracked.Target;
        bool isHeld = target.Reservation.TryLock();
        ObjectSight sight = tracked.Sight;
        HeapCells? cells = null;
        bool isMisplaced = false;
        if (isHeld)
        {
            sight = SightLocked(tracked);
        }

        if (sight.HasSpace)
        {
            cells = sight.Domain switch { MemoryDomain.Vram => _building.Vram, MemoryDomain.Gtt => _building.Gtt, _ => null };
            isMisplaced = PlacementNames.PreferredOf(tracked.Placement) != sight.Domain;
            if (isHeld && cells is not null)
            {
                for (int i = 0; i < target.Resource!.RangeCount; i++)
                {
                    cells.Add(tracked, target.Resource.RangeAt(i).StartBytes, target.Resource.RangeAt(i).SizeBytes, sight.PinCount > 0, isMisplaced, isFirst: i == 0);
                }
            }
            else
            {
                cells?.Add(tracked, sight.StartBytes, target.SizeBytes, sight.PinCount > 0, isMisplaced, isFirst: true);
            }
        }

        if (isHeld)
        {
            target.Reservation.Unlock();
        }

        _building.Count(tracked, sight);
    }

    private sealed class Sums(SimulatedGpu gpu)
    {
        public HeapCells Vram { get; } = new(gpu.Options.Vram.Bytes, FineCells);

        public HeapCells Gtt { get; } = new(gpu.Options.Aperture.Bytes, FineCells);

        public Dictionary<int, ClientUsage> Clients { get; } = [];

        public int Objects { get; private set; }

        public void Clear()
        {
            Vram.Clear();
            Gtt.Clear();
            Clients.Clear();
            Objects = 0;
        }

        public void Count(TrackedObject tracked, ObjectSight sight)
        {
            Objects++;
            ref ClientUsage? usage = ref CollectionsMarshal.GetValueRefOrAddDefault(Clients, tracked.ClientId, out _);
            usage ??= new ClientUsage();
            if (!sight.HasSpace)
            {
                return;
            }

            switch (sight.Domain)
            {
                case MemoryDomain.Vram:
                    usage.VramBytes += tracked.Target.SizeBytes;
                    break;
                case MemoryDomain.Gtt:
                    usage.GttBytes += tracked.Target.SizeBytes;
                    break;
                default:
                    usage.SystemBytes += tracked.Target.SizeBytes;
                    break;
            }
        }
    }
}
