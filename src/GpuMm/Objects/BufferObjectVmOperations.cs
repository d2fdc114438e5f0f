using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.Objects;

/// <summary>
/// The fault handler of mapped buffer objects: finds out where the object lives and inserts the entries itself, under
/// the reservation that every move holds, so that an entry can never be stale.
/// </summary>
/// <remarks>Source: ttm_bo_vm.c for the steps, amdgpu for the move into the visible window.</remarks>
internal sealed class BufferObjectVmOperations(GpuDevice device) : IVmOperations
{
    /// <summary>Most pages inserted by one fault, the faulting one included.</summary>
    public const int PrefaultPages = 16;

    public void Open(VmArea area) => ObjectOf(area).AddReference();

    public void Close(VmArea area) => ObjectOf(area).Release();

    public VmFaultResult Fault(ref VmFault fault)
    {
        BufferObject target = ObjectOf(fault.Area);
        if (!TryReserve(target, ref fault, out VmFaultResult result))
        {
            device.Statistics.CountFault(isRetry: true, 0);
            return result;
        }

        bool isHeld = true;
        try
        {
            result = FaultReserved(target, ref fault, ref isHeld);
        }
        finally
        {
            if (isHeld)
            {
                // A plain unlock: a CPU touch does not make the object younger.
                target.Reservation.Unlock();
            }
        }

        device.Statistics.CountFault(result == VmFaultResult.Retry, fault.InsertedCount);
        return result;
    }

    private static BufferObject ObjectOf(VmArea area) => (BufferObject)area.PrivateData!;

    private static bool TryReserve(BufferObject target, ref VmFault fault, out VmFaultResult result)
    {
        result = VmFaultResult.None;
        if (target.Reservation.TryLock())
        {
            return true;
        }

        if (!fault.IsFirstRetryableAttempt)
        {
            // The second attempt may sleep: the address space comes before the reservation in the lock order.
            target.Reservation.Lock();
            return true;
        }

        if ((fault.Flags & VmFaultFlags.RetryNoWait) == 0)
        {
            target.AddReference();
            fault.DropSpaceLock();
            target.Reservation.Lock();
            target.Reservation.Unlock();
            target.Release();
        }

        result = VmFaultResult.Retry;
        return false;
    }

    private VmFaultResult FaultReserved(BufferObject target, ref VmFault fault, ref bool isHeld)
    {
        ulong pageIndex = fault.FilePage - target.Window.FirstPage;
        if (pageIndex >= target.Window.PageCount)
        {
            return VmFaultResult.SigBus;
        }

        MmStatus status = device.MakeCpuVisible(target);
        if (status != MmStatus.Ok)
        {
            return status == MmStatus.Busy ? VmFaultResult.NoPage : VmFaultResult.SigBus;
        }

        if (!TryWaitIdle(target, ref fault, ref isHeld))
        {
            return VmFaultResult.Retry;
        }

        Caching caching = target.Caching;
        if (target.Resource is { Manager.UsesPages: false } resource)
        {
            caching = device.Driver.IoCaching(resource);
        }
        else if (device.Populate(target, clear: true) != MmStatus.Ok)
        {
            return VmFaultResult.SigBus;
        }

        Insert(target, ref fault, pageIndex, caching);
        return VmFaultResult.NoPage;
    }

    // Waits for kernel work. The first attempt drops the address-space lock, waits, gives the reservation back and retries.
    private bool TryWaitIdle(BufferObject target, ref VmFault fault, ref bool isHeld)
    {
        while (target.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence fence))
        {
            if (!fault.IsFirstRetryableAttempt)
            {
                device.Driver.WaitFence(fence);
                continue;
            }

            if ((fault.Flags & VmFaultFlags.RetryNoWait) == 0)
            {
                target.AddReference();
                fault.DropSpaceLock();
                device.Driver.WaitFence(fence);
                target.Reservation.Unlock();
                isHeld = false;
                target.Release();
            }

            return false;
        }

        return true;
    }

    private static void Insert(BufferObject target, ref VmFault fault, ulong pageIndex, Caching caching)
    {
        // At most 16 pages, to the end of the area, and to the end of the object.
        ulong left = Math.Min(
            Math.Min(fault.Area.Window.EndPage, target.Window.EndPage) - fault.FilePage, PrefaultPages);
        while (left > 0)
        {
            FrameIndex frame = target.FrameAt(pageIndex, out ulong runPages);
            int count = (int)Math.Min(runPages, left);
            fault.InsertPtes(target.Window.FirstPage + pageIndex, frame, count, caching, target.Reservation);
            pageIndex += (ulong)count;
            left -= (ulong)count;
        }
    }
}
