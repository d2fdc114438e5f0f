using System;
using System.Diagnostics.Metrics;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Diagnostics;

namespace GpuMm.Hosting.Views;

/// <summary>Listens to a device: keeps the events that people look at, counts the others.</summary>
/// <remarks>Called under the device's lock of events, one event at a time. It calls nobody back and allocates nothing.</remarks>
internal sealed class GpuObserver(string device, EventRing ring, GpuActivity activity) : IDeviceObserver
{
    private const ulong RefaultNs = 1_000_000_000;
    private const int EvictedSlots = 4096; // A power of two; an object that shares a slot with a later one is not counted.

    [ThreadStatic]
    private static ulong s_faultStartNs;

    private readonly (ulong ObjectId, ulong TimeNs)[] _evicted = new (ulong, ulong)[EvictedSlots];

    /// <summary>Receives how long faults took, seconds; null while nobody measures.</summary>
    public Histogram<double>? FaultDuration { get; set; }

    /// <summary>Receives how long somebody waited for the GPU, seconds; null while nobody measures.</summary>
    public Histogram<double>? StallDuration { get; set; }

    public void OnEvent(in DeviceEvent occurred)
    {
        switch (occurred.Kind)
        {
            case DeviceEventKind.FaultEntered:
                s_faultStartNs = occurred.TimeNs;
                break;
            case DeviceEventKind.FaultServed when FaultDuration is { Enabled: true } histogram:
                histogram.Record(Math.Max(0, ((double)occurred.TimeNs - s_faultStartNs) / 1e9), new System.Collections.Generic.KeyValuePair<string, object?>("gpumm.device", device));
                break;
            case DeviceEventKind.FenceWaited when StallDuration is { Enabled: true } histogram:
                histogram.Record(occurred.DurationNs / 1e9, new System.Collections.Generic.KeyValuePair<string, object?>("gpumm.device", device));
                break;
            case DeviceEventKind.Evicted when occurred.From == MemoryDomain.Vram:
                _evicted[occurred.ObjectId % EvictedSlots] = (occurred.ObjectId, occurred.TimeNs);
                break;
            case DeviceEventKind.MoveFinished when occurred.Status == MmStatus.Ok:
                CountMove(occurred);
                break;
            case DeviceEventKind.FaultInjected:
                activity.CountError(isCorrected: true);
                break;
            case DeviceEventKind.DeviceReset or DeviceEventKind.DeviceUnplugged:
                activity.CountError(isCorrected: false);
                break;
        }

        if (IsShown(occurred))
        {
            ring.Add(occurred);
        }

        GpuSpan.Collect(occurred);
        GpuMmEventSource.Instance.Write(device, occurred);
    }

    // Not what happens to every object of every frame: that would push everything else out of the ring.
    private static bool IsShown(in DeviceEvent occurred) => occurred.Kind switch
    {
        DeviceEventKind.ObjectCreated or DeviceEventKind.CreateFailed or DeviceEventKind.ObjectReleased or DeviceEventKind.Named => true,
        DeviceEventKind.MappingCreated or DeviceEventKind.MappingRemoved or DeviceEventKind.Pinned or DeviceEventKind.Unpinned => true,
        DeviceEventKind.Advised or DeviceEventKind.GhostMade or DeviceEventKind.MoveFinished or DeviceEventKind.Evicted => true,
        DeviceEventKind.Purged or DeviceEventKind.SwappedOut or DeviceEventKind.SwappedIn or DeviceEventKind.FaultServed => true,
        DeviceEventKind.ContentsDropped or DeviceEventKind.Zapped or DeviceEventKind.Submitted => true,
        >= DeviceEventKind.LimitChanged => true,
        _ => false,
    };

    private void CountMove(in DeviceEvent occurred)
    {
        if (occurred is { From: { } from, To: { } to })
        {
            activity.CountMove(from, to, occurred.Cause, (long)occurred.SizeBytes);
        }

        if (occurred.To == MemoryDomain.Vram)
        {
            CountRefault(occurred);
        }
    }

    private void CountRefault(in DeviceEvent occurred)
    {
        ref (ulong ObjectId, ulong TimeNs) slot = ref _evicted[occurred.ObjectId % EvictedSlots];
        if (slot.ObjectId == occurred.ObjectId)
        {
            // By addition: events of several threads are numbered in another order than they were timed in.
            if (occurred.TimeNs < slot.TimeNs + RefaultNs)
            {
                activity.CountRefault((long)occurred.SizeBytes);
            }

            slot = default;
        }
    }
}
