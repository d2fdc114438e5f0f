using System;
using System.Collections.Generic;
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
        ulong startNs = BeginRequest();
        OperationContext context = default;
        MmStatus status = EnterIoWindow(target, isKept: true, ref context);
        if (status == MmStatus.Ok && target.Resource is { } resource)
        {
            mapping = BusMappingOf(resource);
        }

        if (IsObserved)
        {
            RaiseRequest(new DeviceEvent { Kind = DeviceEventKind.BusMappingKept, Status = status }, target, startNs);
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
        bool isDropped = target.Resource is { } resource && IoWindow is { } window && window.TryDropKept(resource);
        if (isDropped)
        {
            RaiseStatus(DeviceEventKind.BusMappingDropped, target, MmStatus.Ok);
        }

        return isDropped;
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

        if (IsFaulted(FaultPoint.EnterWindow))
        {
            return MmStatus.NoSpace;
        }

        context.EnterLevel(target);
        List<BufferObject>? locked = null;
        while (true)
        {
            MmStatus status = window.TryEnter(resource, target, isKept);
            BufferObject? owner = null;
            Resource? leaving = null;
            if (status == MmStatus.NoSpace)
            {
                locked ??= IsObserved ? [] : null;
                owner = window.LockOldest(target, out leaving, ref context, locked);
                RaiseAllLocked(locked, target, context);
            }

            if (owner is null)
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

    private void RaiseAllLocked(List<BufferObject>? locked, BufferObject requester, in OperationContext context)
    {
        for (int i = 0; i < locked?.Count; i++)
        {
            RaiseLocked(locked[i], requester, context);
        }

        locked?.Clear();
    }

    private static ulong CheckedWindow(GpuDeviceOptions options) => options.IoWindowBytes is { } bytes && bytes % Pages.SizeBytes != 0
        ? throw new ArgumentOutOfRangeException(nameof(options), bytes, "The bus window is whole 4 KiB pages.")
        : options.IoWindowBytes ?? 0;
}
