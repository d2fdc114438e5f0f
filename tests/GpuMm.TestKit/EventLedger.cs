using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Objects;

namespace GpuMm.TestKit;

/// <summary>Rebuilds, from events alone, what a device holds: the place of each object, and the bytes used in each domain.</summary>
public sealed class EventLedger : IDeviceObserver
{
    private readonly Dictionary<ulong, (MemoryDomain? Domain, ulong Offset)> _places = [];
    private readonly Dictionary<(MemoryDomain Domain, ulong Offset), ulong> _ranges = [];
    private readonly ulong[] _used = new ulong[8];
    private ulong _pageBytes;
    private ulong _lastSequence;
    private int _mappings;

    /// <summary>Everything heard.</summary>
    public List<DeviceEvent> Events { get; } = [];

    public IEnumerable<DeviceEventKind> Kinds => Events.Select(static occurred => occurred.Kind);

    public List<string> Problems { get; } = [];

    public void OnEvent(in DeviceEvent occurred)
    {
        Events.Add(occurred);
        Check(occurred.Sequence == ++_lastSequence, $"event {occurred.Sequence} follows {_lastSequence - 1}");
        switch (occurred.Kind)
        {
            case DeviceEventKind.ObjectCreated:
                Check(_places.TryAdd(occurred.ObjectId, default), $"object {occurred.ObjectId} is new");
                break;
            case DeviceEventKind.GhostMade:
                _places[occurred.RelatedId] = _places[occurred.ObjectId];
                break;
            case DeviceEventKind.CreateFailed or DeviceEventKind.ObjectDestroyed:
                Check(_places.Remove(occurred.ObjectId), $"object {occurred.ObjectId} was there");
                break;
            case DeviceEventKind.MoveFinished when occurred.Status == MmStatus.Ok:
                _places[occurred.ObjectId] = (occurred.To, occurred.OffsetBytes);
                break;
            case DeviceEventKind.ContentsDropped:
                _places[occurred.ObjectId] = default;
                break;
            case DeviceEventKind.SpaceTaken:
                Take(occurred);
                break;
            case DeviceEventKind.SpaceReturned:
                Return(occurred);
                break;
            case DeviceEventKind.Populated:
                _pageBytes += occurred.SizeBytes;
                break;
            case DeviceEventKind.Unpopulated:
                _pageBytes -= occurred.SizeBytes;
                break;
            case DeviceEventKind.MappingCreated:
                _mappings++;
                break;
            case DeviceEventKind.MappingRemoved:
                _mappings--;
                break;
        }
    }

    /// <summary>What differs between the ledger and the device; empty when nothing does.</summary>
    public IReadOnlyList<string> Compare(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        List<string> problems = [.. Problems];
        foreach (MemoryDomain domain in (MemoryDomain[])[MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram])
        {
            Equal(problems, $"bytes in {domain}", _used[(int)domain], device.Manager(domain).UsedBytes);
        }

        Equal(problems, "bytes of system pages", _pageBytes, device.SystemPagesUsedBytes);
        Equal(problems, "areas", (ulong)_mappings, (ulong)device.Mapping.AreaCount);
        IReadOnlyList<BufferObject> objects = device.Snapshot();
        Equal(problems, "objects", (ulong)_places.Count, (ulong)objects.Count);
        foreach (BufferObject target in objects)
        {
            (MemoryDomain? Domain, ulong Offset) actual = (target.Resource?.Domain, target.Resource?.StartBytes ?? 0);
            if (_places.TryGetValue(target.Id, out (MemoryDomain? Domain, ulong Offset) told) && told != actual)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"object {target.Id} is told to be in {told}, and is in {actual}"));
            }
        }

        return problems;
    }

    private static void Equal(List<string> problems, string what, ulong told, ulong actual)
    {
        if (told != actual)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: told {told}, are {actual}"));
        }
    }

    private void Take(in DeviceEvent occurred)
    {
        ref ulong used = ref _used[(int)occurred.To!];
        used = unchecked(used + occurred.SizeBytes);
        if (occurred.To != MemoryDomain.System)
        {
            Check(_ranges.TryAdd((occurred.To.Value, occurred.OffsetBytes), occurred.SizeBytes), $"space at {occurred.OffsetBytes} was free");
        }
    }

    private void Return(in DeviceEvent occurred)
    {
        // What was taken before it listened comes back too: it wraps, and Compare tells.
        ref ulong used = ref _used[(int)occurred.From!];
        used = unchecked(used - occurred.SizeBytes);
        if (occurred.From != MemoryDomain.System)
        {
            Check(
                _ranges.Remove((occurred.From.Value, occurred.OffsetBytes), out ulong size) && size == occurred.SizeBytes,
                $"space at {occurred.OffsetBytes} was taken");
        }
    }

    private void Check(bool holds, string what)
    {
        if (!holds)
        {
            Problems.Add("It does not hold that " + what);
        }
    }
}
