using System;
using GpuMm.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>The bus window of the card's own memory.</content>
public sealed partial class GpuDevice
{
    /// <summary>Bytes of the bus window that are pointed at objects; 0 without one.</summary>
    public ulong IoWindowUsedBytes => IoWindow?.UsedBytes ?? 0;

    /// <summary>Objects that left the bus window for others.</summary>
    public long IoWindowEvictions => IoWindow?.Evictions ?? 0;

    internal IoWindow? IoWindow { get; }

    /// <summary>Points the bus window at an object, and keeps it there until <see cref="DropBusMapping"/>: a kernel mapping.</summary>
    /// <param name="target">An object in the card's own memory.</param>
    /// <param name="mapping">Where the CPU sees it.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when all others are kept or held; <see cref="MmStatus.BusError"/>
    /// when it is not there, or larger than the window.
    /// </returns>
    /// <remarks>Lock: its reservation. Keeping does not pin: a move ends it.</remarks>
    public MmStatus TryKeepBusMapping(BufferObject target, out BusMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        mapping = default;
        OperationContext context = default;
        MmStatus status = EnterIoWindow(target, isKept: true, ref context);
        if (status == MmStatus.Ok && target.Resource is { } resource)
        {
            mapping = BusMappingOf(resource);
        }

        return status;
    }

    /// <summary>Ends a <see cref="TryKeepBusMapping"/>: others may take the window from now on.</summary>
    /// <param name="target">The object. Lock: its reservation.</param>
    /// <returns>False when nothing was kept any more: a move had ended it, or it was dropped before.</returns>
    public bool DropBusMapping(BufferObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        return target.Resource is { } resource && IoWindow is { } window && window.TryDropKept(resource);
    }

    internal BusMapping BusMappingOf(Resource resource) => resource.Manager.UsesPages ? default
        : IoWindow is { } window ? window.Find(resource, Driver.IoCaching(resource))
        : default;

    // Lock: the target's reservation. Others are asked to leave by try-lock only.
    internal MmStatus EnterIoWindow(BufferObject target, bool isKept, ref OperationContext context)
    {
        if (target.Resource is not { Manager.UsesPages: false } resource)
        {
            return isKept ? MmStatus.BusError : MmStatus.Ok;
        }

        if (IoWindow is not { } window)
        {
            return MmStatus.Ok;
        }

        context.EnterLevel(target);
        while (true)
        {
            MmStatus status = window.TryEnter(resource, target, isKept);
            if (status != MmStatus.NoSpace || window.LockOldest(target, out Resource? leaving, ref context) is not { } owner)
            {
                context.LeaveLevel();
                return status;
            }

            Revoke(owner);
            window.Evict(leaving!);
            if (IsObserved)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.BusWindowLost, RelatedId = target.Id }, owner);
            }

            if (!ReferenceEquals(owner.Reservation, target.Reservation))
            {
                owner.Reservation.Unlock();
            }
        }
    }

    private static ulong CheckedWindow(GpuDeviceOptions options) => options.IoWindowBytes is { } bytes && bytes % Pages.SizeBytes != 0
        ? throw new ArgumentOutOfRangeException(nameof(options), bytes, "The bus window is whole 4 KiB pages.")
        : options.IoWindowBytes ?? 0;
}
