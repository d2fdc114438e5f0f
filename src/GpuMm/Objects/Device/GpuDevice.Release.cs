using System;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Giving memory back, now or when the GPU is done with it.</content>
public sealed partial class GpuDevice
{
    private BufferObject?[] _deleted = new BufferObject?[4]; // Lock: _registryLock
    private int _deletedCount; // Lock: _registryLock

    /// <summary>Gives back what waited for copies that are done by now, and frees deleted objects that are idle.</summary>
    /// <returns>Pieces of memory given back.</returns>
    /// <remarks>Called by allocations that find no room; a service may call it from time to time.</remarks>
    public int Reap()
    {
        bool isTold = IsObserved && IsAnythingWaiting();
        ulong startNs = BeginRequest();
        int reaped = ReapPostponed() + ReapDeleted(requester: null, default);
        if (isTold)
        {
            RaiseDevice(DeviceEventKind.Reaped, startNs, reaped);
        }

        return reaped;
    }

    private bool IsAnythingWaiting()
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        return _postponedCount + _deletedCount > 0;
    }

    /// <summary>Waits for the GPU and frees everything. Mappings must not be used afterwards.</summary>
    public void Dispose()
    {
        while (WaitOldestPostponed())
        {
        }

        foreach (ResourceManager? manager in _managers)
        {
            if (manager is not null)
            {
                manager.IsUsed = false;
            }
        }

        Array.Clear(_managers);
        Memory.Dispose();
    }

    internal void Destroy(BufferObject gone)
    {
        // What fails is settled, and told, before the release is: whoever repeats it knows in time.
        bool isHeld = IsFaulted(FaultPoint.TryLock);
        bool failsToCopy = !isHeld && FailsToCopyFences(gone);
        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.ObjectReleased, Count = gone.Reservation.IsLocked ? 1 : 0 }, gone);
        }

        gone.MarkDeleted();
        Driver.OnReleased(gone);
        if (!isHeld && gone.Reservation.TryLock())
        {
            Retire(gone, failsToCopy);
            bool isReaped = !(failsToCopy && IsStillUsed(gone, out _)) && TryReap(gone);
            gone.Reservation.Unlock();
            if (isReaped)
            {
                return;
            }
        }

        AddDeleted(gone);
    }

    private bool TryReap(BufferObject gone) => Reap(gone, new OperationContext { NoWaitGpu = true }) == MmStatus.Ok;

    // Lock: the object's reservation. Busy while the GPU still uses it, or while the holder of the reservation is placing it:
    // deleted or not, nobody frees it under those hands.
    private MmStatus Reap(BufferObject gone, in OperationContext context)
    {
        if (gone.IsDestroyed)
        {
            return MmStatus.Ok;
        }

        if (gone.IsBeingPlaced)
        {
            return MmStatus.Busy;
        }

        Retire(gone, failsToCopy: null);
        if (IsStillUsed(gone, out Fence fence))
        {
            MmStatus status = context.NoWaitGpu ? MmStatus.Busy : WaitUnused(gone, fence, context.Interrupt);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }

        gone.IsDestroyed = true;
        Revoke(gone);
        FreeMemory(gone);
        gone.Pages = null;
        GivePolicySlot(gone);
        Groups.Quit(gone.GroupIndex);
        Unregister(gone);
        RaiseStatus(DeviceEventKind.ObjectDestroyed, gone, MmStatus.Ok);
        return MmStatus.Ok;
    }

    // At most the limit in all, however many fences there are.
    private MmStatus WaitUnused(BufferObject gone, Fence fence, WaitInterrupt? interrupt)
    {
        ulong startNs = Driver.NowNs;
        do
        {
            MmStatus status = WaitFence(fence, LeftOf(Options.ReleaseWaitLimitNs, startNs), interrupt, gone);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }
        while (IsStillUsed(gone, out fence));
        return MmStatus.Ok;
    }

    private static bool IsStillUsed(BufferObject gone, out Fence fence) => gone.FinalFences is { } own
        ? own.TryGetUnsignaled(out fence)
        : gone.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out fence);

    private void FreeMemory(BufferObject target)
    {
        if (target.Resource is not null || target.Pages is { HasPages: true })
        {
            Driver.OnMemoryDropped(target);
        }

        if (target.Resource is { } resource)
        {
            target.Resource = null;
            ReturnSpace(resource, target);
        }

        Unpopulate(target);
    }

    // Reservations that the caller holds itself cannot be tried: of those it is known that they are ours. That counts only for
    // objects that share one: whoever holds an object's own reservation is in the middle of something with that very object.
    private int ReapDeleted(BufferObject? requester, in OperationContext context)
    {
        int reaped = 0;
        int index = 0;
        while (index < Volatile.Read(ref _deletedCount))
        {
            BufferObject? gone;
            using (_registryLock.Enter())
            {
                if (index >= _deletedCount)
                {
                    return reaped;
                }

                gone = _deleted[index]!;
            }

            bool isReaped = false;
            if (requester is not null && !gone.OwnsReservation && IsHeldByCaller(gone.Reservation, requester.Reservation))
            {
                isReaped = TryReap(gone);
            }
            else if (IsFaulted(FaultPoint.TryLock))
            {
                // It counts as held.
            }
            else if (gone.Reservation.TryLock())
            {
                isReaped = TryReap(gone);
                gone.Reservation.Unlock();
            }
            else
            {
                RaiseLocked(gone, requester, context);
            }

            if (!isReaped)
            {
                index++;
                continue;
            }

            reaped++;
            using RankedLock.Scope scope = _registryLock.Enter();
            int at = Array.IndexOf(_deleted, gone, 0, _deletedCount);
            if (at >= 0)
            {
                _deleted[at] = _deleted[--_deletedCount];
                _deleted[_deletedCount] = null;
            }
        }

        return reaped;
    }

    private static bool IsHeldByCaller(Reservation reservation, Reservation held) =>
        ReferenceEquals(reservation, held) || (held.Ticket is { } ticket && reservation.IsHeldBy(ticket));
}
