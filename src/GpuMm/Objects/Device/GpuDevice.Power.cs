using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Suspend, resume and reset: the card's own memory is saved, or declared lost.</content>
public sealed partial class GpuDevice
{
    private readonly Dictionary<BufferObject, ulong[]> _saved = []; // Pinned objects' pages in the store; suspend and resume only
    private int _power; // Running, Suspending or Suspended

    private const int Running = 0;
    private const int Suspending = 1;
    private const int Suspended = 2;

    /// <summary>True from <see cref="Suspend"/> to <see cref="Resume"/>: the card's own memory is without power.</summary>
    public bool IsSuspended => Volatile.Read(ref _power) == Suspended;

    // What is pinned in the card's own memory was, or will be, saved: what is written there from now on would be lost.
    private bool IsPowerGoing => Volatile.Read(ref _power) != Running;

    /// <summary>
    /// Moves everything out of the card's own memory, and powers it off. What is pinned there goes to the swap store, and is
    /// lost where there is none.
    /// </summary>
    /// <param name="context">How to go about it.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, or why an object could not be moved: the device then runs on, and what was moved stays moved.
    /// </returns>
    /// <remarks>Lock: none may be held; one caller at a time. Waits for the GPU. Source: ttm_device_prepare_hibernation, amdgpu.</remarks>
    /// <exception cref="InvalidOperationException">It is suspended already.</exception>
    public MmStatus Suspend(ref OperationContext context)
    {
        if (IsSuspended)
        {
            throw new InvalidOperationException("The device is suspended already.");
        }

        ulong startNs = BeginRequest();
        int request = IsObserved ? RequestOf(context, target: null).Packed : 0;
        Volatile.Write(ref _power, Suspending);
        SetOwnMemoryUsed(isUsed: false);
        _ = ReapPostponed() + ReapDeleted(requester: null, default);
        MmStatus status = SaveAll(Snapshot(), ref context);

        // Who was given space before that, and was not known yet, or came back while the others were saved.
        status = status == MmStatus.Ok ? SaveAll(OwnersInOwnMemory(), ref context) : status;
        if (status != MmStatus.Ok)
        {
            ForgetSaved();
            SetOwnMemoryUsed(isUsed: true);
            Volatile.Write(ref _power, Running);
            RaiseDevice(DeviceEventKind.DeviceSuspended, startNs, request, status: status);
            return status;
        }

        while (WaitOldestPostponed())
        {
        }

        CutPower();
        RaiseDevice(DeviceEventKind.DeviceSuspended, startNs, request);
        return MmStatus.Ok;
    }

    private MmStatus SaveAll(IReadOnlyList<BufferObject> targets, ref OperationContext context)
    {
        MmStatus status = MmStatus.Ok;
        for (int i = 0; i < targets.Count && status == MmStatus.Ok; i++)
        {
            targets[i].Reservation.Lock();
            context.Cause = MoveCause.Suspend;
            status = Save(targets[i], ref context);
            targets[i].Reservation.Unlock();
        }

        return status;
    }

    private List<BufferObject> OwnersInOwnMemory()
    {
        List<BufferObject> owners = [];
        foreach (ResourceManager? manager in _managers)
        {
            if (manager is { UsesPages: false })
            {
                manager.CollectOwners(owners);
            }
        }

        owners.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return owners;
    }

    private void CutPower()
    {
        Volatile.Write(ref _power, Suspended);
        foreach (BufferObject target in OwnersInOwnMemory())
        {
            // Whoever took bytes from there before the power went has them once its reservation is ours; after that nobody tries.
            target.Reservation.Lock();
            target.Reservation.Unlock();
        }

        // Without power nothing stays: what was neither moved nor saved cannot come back by accident.
        foreach (ResourceManager? manager in _managers)
        {
            if (manager is { UsesPages: false })
            {
                Memory[(int)manager.Domain].Clear(0, manager.SizeBytes);
            }
        }
    }

    /// <summary>Powers the card's own memory on again, and brings back what was pinned there.</summary>
    /// <returns>Objects whose contents are lost.</returns>
    /// <exception cref="InvalidOperationException">It is not suspended.</exception>
    public int Resume()
    {
        if (!IsSuspended)
        {
            throw new InvalidOperationException("The device is not suspended.");
        }

        ulong startNs = BeginRequest();
        int lost = 0;
        foreach (BufferObject target in Snapshot())
        {
            target.Reservation.Lock();
            if (IsInOwnMemory(target) && !TryRestore(target))
            {
                target.IsLost = true;
                lost++;
                RaiseStatus(DeviceEventKind.ContentsLost, target, MmStatus.ContentsLost);
            }

            target.Reservation.Unlock();
        }

        ForgetSaved();
        SetOwnMemoryUsed(isUsed: true);
        Volatile.Write(ref _power, Running);
        RaiseDevice(DeviceEventKind.DeviceResumed, startNs, lost);
        return lost;
    }

    /// <summary>The device was reset: mappings of its own memory are revoked, and its contents kept or declared lost.</summary>
    /// <param name="losesMemory">Whether the reset cost the contents of the card's own memory.</param>
    /// <returns>Objects whose contents are lost.</returns>
    /// <remarks>Lock: none may be held. The fences of work that was killed are for the driver to signal, before.</remarks>
    public int Reset(bool losesMemory)
    {
        ulong startNs = BeginRequest();
        int lost = 0;
        foreach (BufferObject target in Snapshot())
        {
            target.Reservation.Lock();
            if (IsInOwnMemory(target))
            {
                Revoke(target);
                if (losesMemory)
                {
                    ClearContents(target.Resource!);
                    target.IsLost = true;
                    lost++;
                    RaiseStatus(DeviceEventKind.ContentsLost, target, MmStatus.ContentsLost);
                }
            }

            target.Reservation.Unlock();
        }

        RaiseDevice(DeviceEventKind.DeviceReset, startNs, lost, losesMemory ? 1ul : 0);
        return lost;
    }

    private static bool IsInOwnMemory(BufferObject target) => !target.IsDeleted && target.Resource is { Manager.UsesPages: false };

    private void SetOwnMemoryUsed(bool isUsed)
    {
        foreach (ResourceManager? manager in _managers)
        {
            if (manager is { UsesPages: false })
            {
                manager.IsUsed = isUsed;
            }
        }
    }

    private MmStatus Save(BufferObject target, ref OperationContext context)
    {
        if (!IsInOwnMemory(target) || _saved.ContainsKey(target))
        {
            return MmStatus.Ok;
        }

        if (target.PinCount == 0)
        {
            return ValidateObject(target, Placement.GttThenSystem, ref context) is var moved && moved == MmStatus.ContentsLost
                ? MmStatus.Ok
                : moved;
        }

        MmStatus status = WaitIdle(target, FenceUsage.Bookkeep, Options.MoveWaitLimitNs, context);
        if (status != MmStatus.Ok)
        {
            return status;
        }

        Revoke(target);
        return target.IsLost || Options.Swap is not { } store ? MmStatus.Ok : SavePages(target, store);
    }

    private MmStatus SavePages(BufferObject target, SwapStore store)
    {
        ulong[] handles = new ulong[Pages.Count(target.SizeBytes)];
        _saved.Add(target, handles);
        MemoryBacking memory = Memory[(int)target.Resource!.Domain];
        Span<byte> page = stackalloc byte[memory.StoredBytesPerPage];
        for (int i = 0; i < handles.Length; i++)
        {
            memory.Read(Pages.Bytes(target.Resource.PageAt((ulong)i, out _)), page);
            MmStatus status = IsFaulted(FaultPoint.SwapWrite) ? MmStatus.NoSpace : store.TryWrite(page, out handles[i]);
            if (status != MmStatus.Ok)
            {
                handles[i] = 0;
                return status;
            }
        }

        return MmStatus.Ok;
    }

    private bool TryRestore(BufferObject target)
    {
        if (!_saved.TryGetValue(target, out ulong[]? handles))
        {
            return false;
        }

        MemoryBacking memory = Memory[(int)target.Resource!.Domain];
        Span<byte> page = stackalloc byte[memory.StoredBytesPerPage];
        for (int i = 0; i < handles.Length; i++)
        {
            if (Options.Swap!.TryRead(handles[i], page) != MmStatus.Ok)
            {
                ClearContents(target.Resource);
                return false;
            }

            memory.Write(Pages.Bytes(target.Resource.PageAt((ulong)i, out _)), page);
        }

        return true;
    }

    private void ForgetSaved()
    {
        foreach (ulong[] handles in _saved.Values)
        {
            foreach (ulong handle in handles)
            {
                if (handle != 0)
                {
                    Options.Swap!.Free(handle);
                }
            }
        }

        _saved.Clear();
    }
}
