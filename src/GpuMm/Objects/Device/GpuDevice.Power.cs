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
    private int _isSuspended;

    /// <summary>True from <see cref="Suspend"/> to <see cref="Resume"/>: the card's own memory is without power.</summary>
    public bool IsSuspended => Volatile.Read(ref _isSuspended) != 0;

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
        SetOwnMemoryUsed(isUsed: false);
        _ = ReapPostponed() + ReapDeleted(requester: null, default);
        foreach (BufferObject target in Snapshot())
        {
            target.Reservation.Lock();
            context.Cause = MoveCause.Suspend;
            MmStatus status = Save(target, ref context);
            target.Reservation.Unlock();
            if (status != MmStatus.Ok)
            {
                ForgetSaved();
                SetOwnMemoryUsed(isUsed: true);
                RaiseDevice(DeviceEventKind.DeviceSuspended, startNs, request, status: status);
                return status;
            }
        }

        while (WaitOldestPostponed())
        {
        }

        // Without power nothing stays: what was neither moved nor saved cannot come back by accident.
        foreach (ResourceManager? manager in _managers)
        {
            if (manager is { UsesPages: false })
            {
                Memory[(int)manager.Domain].Clear(0, manager.SizeBytes);
            }
        }

        Volatile.Write(ref _isSuspended, 1);
        RaiseDevice(DeviceEventKind.DeviceSuspended, startNs, request);
        return MmStatus.Ok;
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
        Volatile.Write(ref _isSuspended, 0);
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
        if (!IsInOwnMemory(target))
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
