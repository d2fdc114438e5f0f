using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Dashboard.Live;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>Tells from events why an object was evicted.</summary>
public static class EvictionStory
{
    private const int MaxSkips = 8;

    /// <summary>Tells the latest eviction of an object.</summary>
    /// <param name="objectId">The object.</param>
    /// <param name="events">Events of the device, oldest first; its own and those of the walk that took it.</param>
    /// <param name="name">The name of an object.</param>
    /// <returns>One sentence, or null when no eviction of it is known any more.</returns>
    public static string? Tell(ulong objectId, IReadOnlyList<DeviceEvent> events, Func<ulong, string> name)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(name);
        int at = events.Count - 1;
        while (at >= 0 && !(events[at].Kind == DeviceEventKind.Evicted && events[at].ObjectId == objectId))
        {
            at--;
        }

        if (at < 0)
        {
            return null;
        }

        DeviceEvent evicted = events[at];
        string from = evicted.From is { } source ? DeviceSnapshotService.NameOf(source) : "its place";
        string to = evicted.To is { } target ? $" to {DeviceSnapshotService.NameOf(target)}" : "";
        string who = evicted.RelatedId == 0 ? "to make room" : $"to make room for {name(evicted.RelatedId)}";
        return $"At {Numbers.Moment((long)evicted.TimeNs)}: {name(objectId)} ({Numbers.Size(evicted.SizeBytes)}) left {from}{to} {who}. It was number {evicted.Count + 1} in the order of eviction{Skipped(events, at, evicted, name)}.";
    }

    private static string Skipped(IReadOnlyList<DeviceEvent> events, int at, DeviceEvent evicted, Func<ulong, string> name)
    {
        List<DeviceEvent> skips = [];
        for (int i = at - 1; i >= 0 && events[i].Kind is not (DeviceEventKind.Evicted or DeviceEventKind.Submitted); i--)
        {
            if (events[i].Kind == DeviceEventKind.EvictionSkipped && events[i].RelatedId == evicted.RelatedId)
            {
                skips.Insert(0, events[i]);
            }
        }

        if (skips.Count == 0)
        {
            return "";
        }

        string list = string.Join(", ", skips.Take(MaxSkips).Select(skip => $"{name(skip.ObjectId)} ({Words(skip.Reason)})"));
        return $"; passed over before it: {list}{(skips.Count > MaxSkips ? $" and {skips.Count - MaxSkips} more" : "")}";
    }

    private static string Words(SkipReason reason) => reason switch
    {
        SkipReason.Locked => "in use by somebody",
        SkipReason.Pinned => "pinned",
        SkipReason.Requester => "the one that needs room",
        SkipReason.Gone => "left by itself",
        SkipReason.NotValuable => "its room would not help",
        SkipReason.StillUsed => "deleted, but the GPU still reads it",
        SkipReason.Protected => "protected by its group's limit",
        SkipReason.OtherGroup => "not of the group at its limit",
        SkipReason.CannotMove => "could not move",
        SkipReason.Policy => "kept by the policy",
        _ => "no reason told",
    };
}
