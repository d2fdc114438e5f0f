using System;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>
/// The fault handler of mapped buffer objects: finds out where the object lives and inserts the entries itself, under
/// the reservation that every move holds, so that an entry can never be stale.
/// </summary>
/// <remarks>Source: ttm_bo_vm.c for the steps, amdgpu for the move into the visible window.</remarks>
internal sealed partial class BufferObjectVmOperations(GpuDevice device) : IVmOperations
{
    /// <summary>Most pages inserted by one fault, the faulting one included.</summary>
    public const int PrefaultPages = 16;

    public void Open(VmArea area)
    {
        BufferObject target = ObjectOf(area);
        target.AddReference();
        target.CountMapping(1);
        RaiseArea(DeviceEventKind.MappingCreated, target, area, (ulong)area.Protection, area.IsMapped ? 2 : 1); // A part is mapped already
    }

    public void Close(VmArea area)
    {
        BufferObject target = ObjectOf(area);
        target.CountMapping(-1);
        RaiseArea(DeviceEventKind.MappingRemoved, target, area);
        target.Release();
    }

    public Reservation? LockOf(VmArea area) => ObjectOf(area).Reservation;

    int IVmOperations.PartOf(VmArea area) => ObjectOf(area).PartIndex;

    public VmFaultResult Fault(ref VmFault fault) => Fault(ref fault, VmPageSize.Base);

    public VmFaultResult HugeFault(ref VmFault fault, VmPageSize size) =>
        ObjectOf(fault.Area).SizeBytes >= Pages.Bytes((ulong)size) ? Fault(ref fault, size) : VmFaultResult.Fallback;

    private VmFaultResult Fault(ref VmFault fault, VmPageSize size)
    {
        BufferObject target = ObjectOf(fault.Area);
        RaiseFault(DeviceEventKind.FaultEntered, target, ref fault, VmFaultResult.None);
        if (!TryReserve(target, ref fault, out VmFaultResult result))
        {
            device.Statistics.CountFault(result == VmFaultResult.Retry, 0);
            RaiseFault(DeviceEventKind.FaultServed, target, ref fault, result);
            return result;
        }

        bool isHeld = true;
        try
        {
            result = FaultReserved(target, ref fault, size, ref isHeld);
        }
        finally
        {
            if (isHeld)
            {
                // A plain unlock, unless the policy says otherwise: a CPU touch does not make the object younger.
                if (device.Policy.AgesOnCpuTouch)
                {
                    target.Bump();
                }

                target.Reservation.Unlock();
            }
        }

        if (result != VmFaultResult.Fallback)
        {
            device.Statistics.CountFault(result == VmFaultResult.Retry, fault.InsertedCount);
        }

        RaiseFault(DeviceEventKind.FaultServed, target, ref fault, result);

        return result;
    }

    private void RaiseArea(DeviceEventKind kind, BufferObject target, VmArea area, ulong detail = 0, int count = 0)
    {
        if (device.IsObserved)
        {
            DeviceEvent occurred = new()
            {
                Kind = kind,
                OffsetBytes = area.StartAddress,
                SizeBytes = area.SizeBytes,
                RelatedId = (ulong)area.Space.Number,
                Detail = detail,
                Count = count,
            };
            device.Raise(occurred, target);
        }
    }

    private void RaiseFault(DeviceEventKind kind, BufferObject target, ref VmFault fault, VmFaultResult result)
    {
        if (device.IsObserved)
        {
            ulong filePage = fault.Area.FilePageAt(fault.PageAddress);
            DeviceEvent occurred = new()
            {
                Kind = kind,
                OffsetBytes = Pages.Bytes(unchecked(filePage - target.Window.FirstPage)) + (fault.Address % Pages.SizeBytes),
                Detail = kind == DeviceEventKind.FaultEntered
                    ? ((fault.Flags & VmFaultFlags.Write) != 0 ? 1ul : 0) | (fault.Interrupt is null ? 0 : 2ul) | (fault.Interrupt is { IsRaised: true } ? 4ul : 0)
                    : (ulong)result,
                Count = fault.InsertedCount,
            };
            device.Raise(occurred, target);
        }
    }

    private static BufferObject ObjectOf(VmArea area) => (BufferObject)area.PrivateData!;

    private bool TryReserve(BufferObject target, ref VmFault fault, out VmFaultResult result)
    {
        result = VmFaultResult.None;
        if (device.TryTake(target))
        {
            fault.Trace(FaultStep.LockTaken, 0);
            return true;
        }

        fault.Trace(FaultStep.LockBusy, 0);

        if (!fault.IsFirstRetryableAttempt)
        {
            // The second attempt may sleep: the address space comes before the reservation in the lock order.
            // A signal ends the wait: the access is repeated, or given up, by whoever sent it.
            bool isTaken = target.Reservation.Lock(ticket: null, fault.Interrupt) == MmStatus.Ok;
            fault.Trace(FaultStep.LockWaited, 0);
            result = VmFaultResult.NoPage;
            return isTaken;
        }

        if ((fault.Flags & VmFaultFlags.RetryNoWait) == 0)
        {
            target.AddReference();
            fault.DropSpaceLock();
            if (target.Reservation.Lock(ticket: null, fault.Interrupt) == MmStatus.Ok)
            {
                target.Reservation.Unlock();
            }

            fault.Trace(FaultStep.LockWaited, 0);
            target.Release();
        }

        result = VmFaultResult.Retry;
        return false;
    }

    private VmFaultResult FaultReserved(BufferObject target, ref VmFault fault, VmPageSize size, ref bool isHeld)
    {
        if (target.Pages is { } table && (table.Flags & (TranslationFlags.External | TranslationFlags.ExternalMappable)) == TranslationFlags.External)
        {
            return VmFaultResult.SigBus; // Somebody else's pages, and not for the CPU: not even a wait would change that.
        }

        if (device.IsUnplugged)
        {
            return ShowDummyPage(target, ref fault);
        }

        ulong filePage = fault.Area.FilePageAt(fault.PageAddress);
        if (filePage < target.Window.FirstPage || filePage >= target.Window.EndPage)
        {
            return VmFaultResult.SigBus;
        }

        Resource? before = target.Resource;
        OperationContext context = new() { ForceAllocate = true, Cause = MoveCause.CpuFault, Interrupt = fault.Interrupt };
        MmStatus status = device.MakeCpuVisible(target, ref context);
        if (status != MmStatus.Ok)
        {
            return AnswerFailure(target, ref fault, status, context, ref isHeld);
        }

        if (!ReferenceEquals(before, target.Resource))
        {
            fault.Trace(FaultStep.MadeVisible, target.SizeBytes);
        }

        VmFaultResult waited = WaitIdle(target, ref fault, ref isHeld);
        if (waited != VmFaultResult.None)
        {
            return waited;
        }

        Caching caching = target.Caching;
        if (target.Resource is { Manager.UsesPages: false } resource)
        {
            caching = device.Driver.IoCaching(resource);
            status = device.EnterIoWindow(target, isKept: false, ref context);
        }
        else
        {
            status = device.Populate(target, clear: true, ref context);
        }

        if (status != MmStatus.Ok)
        {
            return AnswerFailure(target, ref fault, status, context, ref isHeld);
        }

        if (device.IsFaulted(FaultPoint.InsertEntry))
        {
            return VmFaultResult.NoPage;
        }

        ulong pageIndex = filePage - target.Window.FirstPage;
        return size == VmPageSize.Base ? Insert(target, ref fault, pageIndex, caching)
            : InsertHuge(target, ref fault, size, pageIndex, caching);
    }

    // Room that others only keep from being made is waited for, without any lock, and the access is repeated; SIGBUS is for
    // room that no wait would bring. The one that is waited for works on, so this ends.
    private static VmFaultResult AnswerFailure(
        BufferObject target, ref VmFault fault, MmStatus status, in OperationContext context, ref bool isHeld)
    {
        if (status is not (MmStatus.OutOfMemory or MmStatus.NoSpace) || !context.IsContended)
        {
            return ErrorOf(status);
        }

        if (!fault.IsFirstRetryableAttempt)
        {
            return VmFaultResult.NoPage; // The access faults anew, and that fault may wait.
        }

        if ((fault.Flags & VmFaultFlags.RetryNoWait) != 0)
        {
            return VmFaultResult.Retry;
        }

        target.AddReference();
        fault.DropSpaceLock();
        target.Reservation.Unlock();
        isHeld = false;
        if (context.Contended is { } contended && contended.Lock(ticket: null, fault.Interrupt) == MmStatus.Ok)
        {
            contended.Unlock();
        }

        fault.Trace(FaultStep.LockWaited, 0);
        target.Release();
        return VmFaultResult.Retry;
    }

    // What may go well the next time is left to the next fault; anything else is an error for good.
    private static VmFaultResult ErrorOf(MmStatus status) =>
        status is MmStatus.Busy or MmStatus.Interrupted or MmStatus.Deadlock ? VmFaultResult.NoPage : VmFaultResult.SigBus;

    // The whole area at once: there is nothing that a later fault could find out.
    private VmFaultResult ShowDummyPage(BufferObject target, ref VmFault fault)
    {
        if (device.TryTakeDummyPage(out FrameIndex frame) != MmStatus.Ok)
        {
            return VmFaultResult.OutOfMemory;
        }

        fault.InsertEverywhere(frame, target.Reservation);
        return VmFaultResult.NoPage;
    }

    // Waits for kernel work; None when there is no more. The first attempt drops the address-space lock, waits, gives the
    // reservation back and retries; under RetryNoWait it keeps both.
    private VmFaultResult WaitIdle(BufferObject target, ref VmFault fault, ref bool isHeld)
    {
        while (target.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence fence))
        {
            if (fault.IsFirstRetryableAttempt)
            {
                return (fault.Flags & VmFaultFlags.RetryNoWait) != 0 ? VmFaultResult.Retry : WaitOutside(target, ref fault, fence, ref isHeld);
            }

            MmStatus status = Wait(target, ref fault, fence);
            if (status != MmStatus.Ok)
            {
                return ErrorOf(status);
            }
        }

        return VmFaultResult.None;
    }

    private VmFaultResult WaitOutside(BufferObject target, ref VmFault fault, Fence fence, ref bool isHeld)
    {
        target.AddReference();
        fault.DropSpaceLock();
        Wait(target, ref fault, fence);
        target.Reservation.Unlock();
        isHeld = false;
        target.Release();
        return VmFaultResult.Retry;
    }

    private MmStatus Wait(BufferObject target, ref VmFault fault, Fence fence)
    {
        MmStatus status = MmStatus.Ok;
        if (fault.Interrupt is { } interrupt)
        {
            status = device.WaitFence(fence, ulong.MaxValue, interrupt, target);
        }
        else
        {
            device.WaitFence(fence, target);
        }

        fault.Trace(FaultStep.FenceWaited, fence.Seqno);
        return status;
    }

    private static VmFaultResult Insert(BufferObject target, ref VmFault fault, ulong pageIndex, Caching caching)
    {
        // At most 16 pages, or one base page if that is more; to the end of the area, and to the end of the object.
        ulong filePage = target.Window.FirstPage + pageIndex;
        ulong perPage = fault.Area.Space.BasePageBytes >> Pages.Shift;
        ulong left = Math.Min(target.Window.EndPage - filePage, Math.Max(PrefaultPages, perPage));
        left = fault.Area.IsNonLinear ? left : Math.Min(left, fault.Area.Window.EndPage - filePage);
        FrameIndex frame = target.FrameAt(pageIndex, out ulong runPages);
        if (runPages == 0)
        {
            return VmFaultResult.OutOfMemory; // The table says that the pages are there, and has none for the CPU.
        }

        if (fault.Area.IsNonLinear || Math.Min(runPages, left) < perPage)
        {
            // In a non-linear area only what follows the faulting page; a base page needs frames in a row.
            fault.InsertPtes(filePage, frame, (int)Math.Min(runPages, left), caching, target.Reservation);
            return fault.InsertedCount > 0 ? VmFaultResult.NoPage : VmFaultResult.SigBus;
        }

        while (left >= perPage && runPages >= perPage)
        {
            ulong count = Math.Min(runPages, left);
            count -= count % perPage;
            fault.InsertPtes(target.Window.FirstPage + pageIndex, frame, (int)count, caching, target.Reservation);
            pageIndex += count;
            left -= count;
            frame = left > 0 ? target.FrameAt(pageIndex, out runPages) : frame;
        }

        return VmFaultResult.NoPage;
    }

    private static VmFaultResult InsertHuge(
        BufferObject target, ref VmFault fault, VmPageSize size, ulong pageIndex, Caching caching)
    {
        ulong inLarge = (fault.Address >> Pages.Shift) & ((ulong)size - 1);
        if (inLarge > pageIndex || target.Window.PageCount - (pageIndex - inLarge) < (ulong)size)
        {
            return VmFaultResult.Fallback;
        }

        FrameIndex frame = target.FrameAt(pageIndex - inLarge, out ulong runPages);
        return runPages >= (ulong)size && fault.TryInsertHuge(size, frame, caching, target.Reservation)
            ? VmFaultResult.NoPage
            : VmFaultResult.Fallback;
    }
}
