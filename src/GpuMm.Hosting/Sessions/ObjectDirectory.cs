using System;
using System.Collections.Generic;

namespace GpuMm.Hosting.Sessions;

/// <summary>Every tracked object of a device, in slots, so that a viewer can walk a million of them piece by piece.</summary>
/// <remarks>Lock: its own, innermost. Cost: O(1) to add, remove and find; a walk copies one piece at a time.</remarks>
public sealed class ObjectDirectory
{
    private readonly object _gate = new();
    private readonly Dictionary<ulong, TrackedObject> _byId = []; // Lock: _gate
    private readonly Stack<int> _freeSlots = new(); // Lock: _gate
    private TrackedObject?[] _slots = new TrackedObject?[256]; // Lock: _gate
    private int _slotCount; // Lock: _gate; slots ever used

    /// <summary>Objects in it.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byId.Count;
            }
        }
    }

    /// <summary>Finds an object.</summary>
    /// <param name="objectId">Its number on the device.</param>
    /// <returns>The object, or null.</returns>
    public TrackedObject? Find(ulong objectId)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(objectId);
        }
    }

    /// <summary>Copies the next piece of a walk.</summary>
    /// <param name="cursor">0 to begin; moved on.</param>
    /// <param name="into">Receives objects.</param>
    /// <returns>How many; when fewer than the span holds, the walk is at its end.</returns>
    /// <remarks>An object that is there all the time is met once; what comes and goes meanwhile may be missed.</remarks>
    public int CopyNext(ref int cursor, Span<TrackedObject> into)
    {
        int count = 0;
        lock (_gate)
        {
            while (count < into.Length && cursor < _slotCount)
            {
                if (_slots[cursor++] is { } tracked)
                {
                    into[count++] = tracked;
                }
            }
        }

        return count;
    }

    internal void Add(TrackedObject tracked)
    {
        lock (_gate)
        {
            if (!_freeSlots.TryPop(out int slot))
            {
                slot = _slotCount++;
                if (slot == _slots.Length)
                {
                    Array.Resize(ref _slots, slot * 2);
                }
            }

            _slots[slot] = tracked;
            tracked.Slot = slot;
            _byId.Add(tracked.Target.Id, tracked);
        }
    }

    internal void Remove(TrackedObject tracked)
    {
        lock (_gate)
        {
            if (tracked.Slot >= 0)
            {
                _slots[tracked.Slot] = null;
                _freeSlots.Push(tracked.Slot);
                _byId.Remove(tracked.Target.Id);
                tracked.Slot = -1;
            }
        }
    }
}
