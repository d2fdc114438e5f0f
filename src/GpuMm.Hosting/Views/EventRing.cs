using System;
using GpuMm.Diagnostics;

namespace GpuMm.Hosting.Views;

/// <summary>The latest events of a device; the oldest are overwritten.</summary>
/// <remarks>Lock: its own, innermost. Cost: O(1) per event, no allocation; readers copy.</remarks>
public sealed class EventRing
{
    private readonly object _gate = new();
    private readonly DeviceEvent[] _events; // Lock: _gate; a ring, by sequence modulo its length
    private ulong _last; // Lock: _gate

    internal EventRing(int capacity)
    {
        _events = new DeviceEvent[capacity];
    }

    /// <summary>The number of the latest event; 0 before the first.</summary>
    public ulong LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Copies events that are younger than a number, oldest first.</summary>
    /// <param name="after">The last number that the reader has.</param>
    /// <param name="into">Receives them.</param>
    /// <param name="missed">How many younger ones were overwritten before they could be read.</param>
    /// <returns>How many were copied.</returns>
    public int CopyAfter(ulong after, Span<DeviceEvent> into, out ulong missed)
    {
        lock (_gate)
        {
            // A number of an earlier life of the service lies ahead: the reader starts anew.
            ulong next = after > _last ? 1 : after + 1;
            ulong oldest = _last > (ulong)_events.Length ? _last - (ulong)_events.Length + 1 : 1;
            missed = next < oldest ? oldest - next : 0;
            next = Math.Max(next, oldest);
            int count = 0;
            while (next <= _last && count < into.Length)
            {
                into[count++] = _events[next % (ulong)_events.Length];
                next++;
            }

            return count;
        }
    }

    /// <summary>Events that are younger than a number, oldest first, in an array of just their size.</summary>
    /// <param name="after">The last number that the reader has.</param>
    /// <param name="max">Most events.</param>
    /// <param name="missed">How many younger ones were overwritten before they could be read.</param>
    public DeviceEvent[] TakeAfter(ulong after, int max, out ulong missed)
    {
        lock (_gate)
        {
            ulong there = Math.Min(after > _last ? _last : _last - after, (ulong)_events.Length);
            DeviceEvent[] taken = new DeviceEvent[Math.Min(there, (ulong)Math.Max(0, max))];
            CopyAfter(after, taken, out missed);
            return taken;
        }
    }

    internal void Add(in DeviceEvent occurred)
    {
        lock (_gate)
        {
            _last++;
            _events[_last % (ulong)_events.Length] = occurred with { Sequence = _last };
        }
    }
}
