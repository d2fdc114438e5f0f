using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>Reading ahead.</content>
public sealed partial class FullReplay
{
    private const int GroupCount = 16;
    private const int FetchStages = 5;

    // Objects lie all over memory, and each part of one leads to the next. So they are fetched in stages, some groups of events
    // apart: what one stage asked for has come when the next one looks at it. Nothing here changes what happens.
    private void Fetch(ReadOnlySpan<TraceEvent> events, int applied)
    {
        foreach (ref readonly TraceEvent e in Group(events, applied + (FetchStages * GroupCount)))
        {
            _ids.Prefetch(e.ObjectId);
        }

        foreach (ref readonly TraceEvent e in Group(events, applied + (4 * GroupCount)))
        {
            int number = _ids.Find(e.ObjectId);
            if (number >= 0)
            {
                Prefetch.Place(ref _objects[number]);
            }
        }

        foreach (ref readonly TraceEvent e in Group(events, applied + (3 * GroupCount)))
        {
            int number = _ids.Find(e.ObjectId);
            if (number >= 0)
            {
                Prefetch.Object(_objects[number].Object);
            }
        }

        foreach (ref readonly TraceEvent e in Group(events, applied + (2 * GroupCount)))
        {
            int number = _ids.Find(e.ObjectId);
            if (number >= 0)
            {
                BufferObject target = _objects[number].Object!;
                Prefetch.Object(target.Reservation);
                Prefetch.Object(target.Resource);
                Prefetch.Object(target.Pages);
            }
        }

        foreach (ref readonly TraceEvent e in Group(events, applied + GroupCount))
        {
            int number = _ids.Find(e.ObjectId);
            if (number >= 0)
            {
                BufferObject target = _objects[number].Object!;
                target.Reservation.PrefetchFences();
                target.Resource?.PrefetchNeighbours();
            }
        }
    }

    private static ReadOnlySpan<TraceEvent> Group(ReadOnlySpan<TraceEvent> events, int first) =>
        first >= 0 && first < events.Length ? events.Slice(first, Math.Min(GroupCount, events.Length - first)) : default;
}
