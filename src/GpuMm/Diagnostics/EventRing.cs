using System.Collections.Generic;

namespace GpuMm.Diagnostics;

/// <summary>The last events of a device, chained per object. The oldest are overwritten.</summary>
/// <param name="capacity">Events kept; each takes about 200 bytes.</param>
internal sealed class EventRing(int capacity)
{
    private readonly DeviceEvent[] _events = new DeviceEvent[capacity];
    private readonly long[] _earlier = new long[capacity]; // number of the object's event before this one; -1 for none
    private readonly Dictionary<ulong, long> _last = []; // by object: number of its last event, if that is still kept
    private long _count;

    public void Add(in DeviceEvent occurred)
    {
        int at = (int)(_count % capacity);
        ulong overwritten = _events[at].ObjectId;
        if (_count >= capacity && _last.TryGetValue(overwritten, out long last) && last == _count - capacity)
        {
            _last.Remove(overwritten);
        }

        _earlier[at] = _last.GetValueOrDefault(occurred.ObjectId, -1);
        _events[at] = occurred;
        _last[occurred.ObjectId] = _count++;
    }

    /// <summary>What is still known of an object, oldest first.</summary>
    public List<DeviceEvent> Of(ulong objectId)
    {
        List<DeviceEvent> events = [];
        long number = _last.GetValueOrDefault(objectId, -1);
        while (number >= 0 && number >= _count - capacity)
        {
            events.Add(_events[number % capacity]);
            number = _earlier[number % capacity];
        }

        events.Reverse();
        return events;
    }
}
