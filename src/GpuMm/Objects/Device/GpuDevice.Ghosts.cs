using System;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Dropping contents, at once or through a ghost that waits in the object's stead.</content>
public sealed partial class GpuDevice
{
    // For evictors, who need the space now: waits, as far as the context allows. Lock: the object's reservation.
    private MmStatus DropContents(BufferObject target, in OperationContext context)
    {
        MmStatus status = WaitIdle(target, FenceUsage.Bookkeep, Options.MoveWaitLimitNs, context);
        return status == MmStatus.Ok ? Gut(target) : status;
    }

    // Nothing of the contents is kept, and nobody waits. Lock: the object's reservation. The table that the object starts anew
    // with is made before anything is dropped: when there is no memory for it, nothing has changed.
    private MmStatus Gut(BufferObject target)
    {
        bool isBusy = target.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _);
        bool leavesGhost = isBusy && (target.Resource is not null || target.Pages is { HasPages: true });
        if (leavesGhost && IsFaulted(FaultPoint.CopyFences))
        {
            // The last resort without memory for the copy: the ghost would wait for the work, so the object does.
            _ = WaitIdle(target, FenceUsage.Bookkeep, ulong.MaxValue, default);
            leavesGhost = target.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _);
        }

        TranslationTable? table = leavesGhost ? null : target.Pages;
        MmStatus status = leavesGhost && IsFaulted(FaultPoint.MakeGhost) ? MmStatus.OutOfMemory
            : table is null ? MakeTable(target, clear: true, out table)
            : MmStatus.Ok;
        if (status != MmStatus.Ok)
        {
            return status;
        }

        Revoke(target);
        target.NoteMoved();
        MemoryDomain? from = target.Resource?.Domain;
        if (leavesGhost)
        {
            LeaveToGhost(target);
        }
        else
        {
            FreeMemory(target);
        }

        target.IsPurged |= target.IsPurgeable;
        RaiseDropped(target, from);
        target.IsLost = false;
        target.Pages = table;
        if (target.Kind == BufferObjectKind.Device)
        {
            table!.MarkForClearing();
        }

        return MmStatus.Ok;
    }

    // The ghost is a deleted object: evictors meet it in the order and reap it, as any other.
    private void LeaveToGhost(BufferObject target)
    {
        BufferObjectDescription description = new(
            target.SizeBytes, target.Name, BufferObjectKind.Kernel, target.Caching, target.Priority);
        BufferObject ghost = new(this, Interlocked.Increment(ref _creation.LastId), target.SizeBytes, description, default)
        {
            FinalFences = new FinalFences(target.Reservation.CopyFences()),
        };
        ghost.MarkDeleted();
        ghost.Reservation.TryLock();
        (ghost.Pages, target.Pages) = (target.Pages, null);
        if (target.Resource is { } resource)
        {
            target.Resource = null;
            ghost.Resource = resource;
            resource.Manager.Rehome(resource, ghost);
        }

        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.GhostMade, RelatedId = ghost.Id, To = ghost.Resource?.Domain }, target);
        }

        Register(ghost);
        AddDeleted(ghost);
        ghost.Reservation.Unlock();
    }

    private void AddDeleted(BufferObject gone)
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        if (_deletedCount == _deleted.Length)
        {
            Array.Resize(ref _deleted, _deletedCount * 2);
        }

        _deleted[_deletedCount++] = gone;
    }

    // Lock: the object's reservation. What a deleted object waits for is settled once: its own copy of the fences. Whether there is
    // no memory for that may be known before; else it is asked for here.
    private void Retire(BufferObject gone, bool? failsToCopy)
    {
        if (gone.FinalFences is not null || gone.IsDestroyed)
        {
            return;
        }

        if (gone.BulkMove is not null)
        {
            gone.SetBulkMove(null);
        }

        gone.DropPins();
        if (!NeedsOwnFences(gone))
        {
            return;
        }

        if (failsToCopy ?? IsFaulted(FaultPoint.CopyFences))
        {
            // Without memory for the copy it waits here and now; if that takes too long, for all who share the reservation.
            WaitAtRelease(gone);
        }
        else
        {
            gone.FinalFences = new FinalFences(gone.Reservation.CopyFences());
        }
    }

    // Lock: the object's reservation.
    private static bool NeedsOwnFences(BufferObject gone) =>
        !gone.OwnsReservation && gone.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _);

    private bool FailsToCopyFences(BufferObject gone)
    {
        if (_faults is null || gone.OwnsReservation || !gone.Reservation.TryLock())
        {
            return false; // Who holds it retires the object later.
        }

        bool needsCopy = NeedsOwnFences(gone);
        gone.Reservation.Unlock();
        return needsCopy && IsFaulted(FaultPoint.CopyFences);
    }

    // No signal ends it, so no failure is injected. Lock: the object's reservation. Source: ttm_bo_release, which waits for 30 s.
    private void WaitAtRelease(BufferObject gone)
    {
        ulong beganNs = Driver.NowNs;
        MmStatus status = MmStatus.Ok;
        while (status == MmStatus.Ok && IsStillUsed(gone, out Fence fence))
        {
            ulong startNs = IsObserved ? Driver.NowNs : 0;
            status = Driver.WaitFence(fence, LeftOf(Options.ReleaseWaitLimitNs, beganNs), interrupt: null);
            RaiseWaited(gone, fence, startNs, status);
        }
    }
}
