using System;
using System.Collections.Generic;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>The snapshots that people took, for comparing two moments.</summary>
/// <remarks>Safe for concurrent use. At most <see cref="Capacity"/> are kept; the oldest goes first.</remarks>
public sealed class ShotShelf(IGpuMmProvider provider, MomentRecorder moments, TimeProvider time)
{
    /// <summary>Snapshots kept.</summary>
    public const int Capacity = 16;

    /// <summary>Objects that one snapshot holds.</summary>
    public const int MaxObjects = 200_000;

    private readonly object _gate = new();
    private readonly List<Shot> _shots = []; // Lock: _gate
    private int _lastId; // Lock: _gate

    /// <summary>The snapshots of a device, oldest first.</summary>
    /// <param name="device">Its name.</param>
    public IReadOnlyList<Shot> Of(string device)
    {
        lock (_gate)
        {
            return _shots.FindAll(shot => string.Equals(shot.Device, device, StringComparison.Ordinal));
        }
    }

    /// <summary>Takes a snapshot. Cost: O(objects), no lock of the device held.</summary>
    /// <param name="device">The device.</param>
    public Shot Take(string device)
    {
        DeviceSnapshotService view = provider.ViewOf(device);
        Moment moment = moments.Take(device);
        Dictionary<ulong, ObjectShot> objects = [];
        IReadOnlyList<ObjectView> all = view.All(MaxObjects, out bool isComplete);
        foreach (ObjectView each in all)
        {
            objects[each.Id] = new ObjectShot(each.Id, each.Name, each.ClientId, each.SizeBytes, each.Domain);
        }

        lock (_gate)
        {
            Shot shot = new(++_lastId, device, time.GetUtcNow(), moment, objects, isComplete);
            _shots.Add(shot);
            if (_shots.Count > Capacity)
            {
                _shots.RemoveAt(0);
            }

            return shot;
        }
    }
}
