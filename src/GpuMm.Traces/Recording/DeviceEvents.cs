using GpuMm.Diagnostics;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Recording;

/// <summary>Device events as trace events and back; nothing is lost on the way but the sequence number.</summary>
public static class DeviceEvents
{
    /// <summary>What a trace keeps of a device event.</summary>
    /// <param name="occurred">The event.</param>
    /// <remarks>No managed allocation.</remarks>
    public static TraceEvent ToTrace(in DeviceEvent occurred)
    {
        TraceFlags flags = (occurred.From is null ? TraceFlags.None : TraceFlags.HasFrom) |
            (occurred.To is null ? TraceFlags.None : TraceFlags.HasTo) |
            (occurred.Status == MmStatus.Ok ? TraceFlags.None : TraceFlags.Failed) |
            (occurred.Kind is DeviceEventKind.CpuAccess or DeviceEventKind.RemoteAccess && (occurred.Detail & 1) != 0 ? TraceFlags.Write : TraceFlags.None);
        return new TraceEvent
        {
            TimeNs = unchecked((long)occurred.TimeNs),
            Kind = KindOf(occurred),
            DeviceKind = occurred.Kind,
            ObjectId = occurred.ObjectId,
            ClientId = occurred.ClientId,
            SizeBytes = occurred.SizeBytes,
            OffsetBytes = occurred.OffsetBytes,
            RelatedId = occurred.RelatedId,
            From = occurred.From ?? default,
            To = occurred.To ?? (occurred.Placement.Count > 0 ? occurred.Placement.DomainAt(0) : default),
            Cause = CauseOf(occurred),
            Reason = (byte)occurred.Reason,
            Flags = flags,
            DurationNs = occurred.DurationNs,
            Detail = occurred.Detail,
            Count = occurred.Count,
            Status = occurred.Status,
            Placement = occurred.Placement,
            Name = string.IsNullOrEmpty(occurred.Name) ? null : occurred.Name,
        };
    }

    /// <summary>The device event that a trace kept; its kind is None when another source made it.</summary>
    /// <param name="e">The event of the trace.</param>
    public static DeviceEvent ToDevice(in TraceEvent e) => new()
    {
        TimeNs = unchecked((ulong)e.TimeNs),
        Kind = e.DeviceKind,
        ObjectId = e.ObjectId,
        ClientId = e.ClientId,
        SizeBytes = e.SizeBytes,
        OffsetBytes = e.OffsetBytes,
        RelatedId = e.RelatedId,
        From = (e.Flags & TraceFlags.HasFrom) != 0 ? e.From : null,
        To = (e.Flags & TraceFlags.HasTo) != 0 ? e.To : null,
        Cause = CauseOf(e.Cause),
        Reason = (SkipReason)e.Reason,
        DurationNs = e.DurationNs,
        Detail = e.Detail,
        Count = e.Count,
        Status = e.Status,
        Placement = e.Placement,
        Name = e.Name,
    };

    private static TraceKind KindOf(in DeviceEvent occurred) => occurred.Kind switch
    {
        DeviceEventKind.ObjectCreated => TraceKind.Create,
        DeviceEventKind.CreateFailed => TraceKind.OutOfMemory,
        DeviceEventKind.ObjectReleased => TraceKind.Destroy,
        DeviceEventKind.MappingCreated => TraceKind.Map,
        DeviceEventKind.MappingRemoved => TraceKind.Unmap,
        DeviceEventKind.Pinned => TraceKind.Pin,
        DeviceEventKind.Unpinned => TraceKind.Unpin,
        DeviceEventKind.Advised => TraceKind.Advise,
        DeviceEventKind.Validated => TraceKind.Validate,
        DeviceEventKind.SpaceTaken => TraceKind.SpaceTaken,
        DeviceEventKind.SpaceReturned => TraceKind.SpaceReturned,
        DeviceEventKind.MoveStarted => TraceKind.MoveStarted,
        DeviceEventKind.MoveFinished => occurred.Status == MmStatus.Ok ? TraceKind.Move : TraceKind.Other,
        DeviceEventKind.Evicted => TraceKind.Evict,
        DeviceEventKind.EvictionSkipped => TraceKind.EvictSkipped,
        DeviceEventKind.Purged => TraceKind.Purge,
        DeviceEventKind.SwappedOut => TraceKind.SwapOut,
        DeviceEventKind.SwappedIn => TraceKind.SwapIn,
        DeviceEventKind.Bumped => TraceKind.Bump,
        DeviceEventKind.FaultServed => TraceKind.Fault,
        DeviceEventKind.Zapped => TraceKind.Zap,
        DeviceEventKind.CpuAccess or DeviceEventKind.RemoteAccess => TraceKind.CpuAccess,
        DeviceEventKind.GpuMapped => TraceKind.GpuMap,
        DeviceEventKind.GpuUnmapped => TraceKind.GpuUnmap,
        DeviceEventKind.FenceWaited => TraceKind.Wait,
        DeviceEventKind.ReservedAll => TraceKind.Reserve,
        DeviceEventKind.Used => TraceKind.Use,
        DeviceEventKind.Submitted => TraceKind.Submit,
        DeviceEventKind.LimitChanged => TraceKind.Limit,
        DeviceEventKind.DeviceSuspended or DeviceEventKind.DeviceResumed or DeviceEventKind.DeviceReset or DeviceEventKind.DeviceUnplugged => TraceKind.Reset,
        _ => TraceKind.Other,
    };

    // Only these say why; elsewhere the first cause is just the zero of the field.
    private static TraceCause CauseOf(in DeviceEvent occurred) => occurred.Cause switch
    {
        MoveCause.Validate => occurred.Kind is DeviceEventKind.Validated or DeviceEventKind.MoveStarted or DeviceEventKind.MoveFinished
            ? TraceCause.Validate : TraceCause.Unknown,
        MoveCause.Create => TraceCause.Create,
        MoveCause.Submission => TraceCause.Submission,
        MoveCause.Eviction => TraceCause.Eviction,
        MoveCause.CpuFault => TraceCause.CpuFault,
        MoveCause.SwapOut => TraceCause.Swap,
        MoveCause.Suspend => TraceCause.Power,
        MoveCause.Prefetch => TraceCause.Prefetch,
        _ => TraceCause.Unknown,
    };

    private static MoveCause CauseOf(TraceCause cause) => cause switch
    {
        TraceCause.Create => MoveCause.Create,
        TraceCause.Submission => MoveCause.Submission,
        TraceCause.Eviction => MoveCause.Eviction,
        TraceCause.CpuFault => MoveCause.CpuFault,
        TraceCause.Swap => MoveCause.SwapOut,
        TraceCause.Power => MoveCause.Suspend,
        TraceCause.Prefetch => MoveCause.Prefetch,
        _ => MoveCause.Validate,
    };
}
