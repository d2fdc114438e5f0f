using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Clients.Spu;

/// <summary>Shows the local store where it is now: uncached on the processor, cached in its copy.</summary>
internal sealed class SpuLocalStoreOperations(SpuContext context) : IVmOperations
{
    public void Open(VmArea area)
    {
    }

    public void Close(VmArea area)
    {
    }

    public Reservation? LockOf(VmArea area) => context.StateLock;

    public MmStatus CheckMap(AddressSpace space, in VmAreaDescription description) => SpuContext.CheckMap(description);

    public MmStatus Access(VmArea area, ulong offsetBytes, Span<byte> bytes, AccessKind kind)
    {
        context.StateLock.Lock();
        try
        {
            return context.Access(area, offsetBytes, bytes, kind);
        }
        finally
        {
            context.StateLock.Unlock();
        }
    }

    public VmFaultResult Fault(ref VmFault fault)
    {
        // From the full address down to 64 KiB: the pages of the processor are of that size.
        ulong groupPage = fault.FilePage & ~15ul;
        if (Pages.Bytes(groupPage) >= SpuContext.LocalStoreBytes)
        {
            return VmFaultResult.SigBus;
        }

        if (!context.StateLock.TryLock())
        {
            if (fault.IsFirstRetryableAttempt)
            {
                return WaitForSwitch(ref fault);
            }

            context.StateLock.Lock();
        }

        try
        {
            bool isRunning = context.State == SpuState.Running;
            FrameIndex start = context.LocalStoreNow;
            FrameIndex frame = new(start.MemoryIndex, start.PageIndex + groupPage);
            Caching caching = isRunning ? Caching.Uncached : Caching.Cached;
            if (!fault.TryInsertGroup(frame, caching, context.StateLock))
            {
                ulong page = fault.Area.FilePageAt(fault.PageAddress);
                fault.InsertPte(new FrameIndex(start.MemoryIndex, start.PageIndex + page), caching, context.StateLock);
            }

            return VmFaultResult.NoPage;
        }
        finally
        {
            context.StateLock.Unlock();
        }
    }

    private VmFaultResult WaitForSwitch(ref VmFault fault)
    {
        if ((fault.Flags & VmFaultFlags.RetryNoWait) == 0)
        {
            fault.DropSpaceLock();
            context.StateLock.Lock();
            context.StateLock.Unlock();
        }

        return VmFaultResult.Retry;
    }
}
