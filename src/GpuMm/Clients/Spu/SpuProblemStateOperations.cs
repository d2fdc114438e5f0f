using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Clients.Spu;

/// <summary>Shows the registers of the processor. While the context is saved there are none: the fault waits.</summary>
internal sealed class SpuProblemStateOperations(SpuContext context) : IVmOperations
{
    public void Open(VmArea area)
    {
    }

    public void Close(VmArea area)
    {
    }

    public Reservation? LockOf(VmArea area) => context.StateLock;

    public MmStatus CheckMap(AddressSpace space, in VmAreaDescription description) => SpuContext.CheckMap(description);

    public VmFaultResult Fault(ref VmFault fault)
    {
        ulong page = unchecked(fault.Area.FilePageAt(fault.PageAddress) - SpuContext.FirstProblemPage);
        if (page >= SpuContext.ProblemStateBytes >> Pages.Shift)
        {
            return VmFaultResult.SigBus; // A remap cannot reach what lies beside the registers.
        }

        // A short sleep at most: switches do not call out under the lock.
        context.StateLock.Lock();
        try
        {
            if (context.State == SpuState.Running)
            {
                FrameIndex start = context.Frames.ProblemState;
                fault.InsertPte(new FrameIndex(start.MemoryIndex, start.PageIndex + page), Caching.Uncached, context.StateLock);
                return VmFaultResult.NoPage;
            }
        }
        finally
        {
            context.StateLock.Unlock();
        }

        if (!fault.IsFirstRetryableAttempt)
        {
            // It was saved again in between: repeat the access from the start, which may wait once more.
            return VmFaultResult.NoPage;
        }

        if ((fault.Flags & VmFaultFlags.RetryNoWait) == 0)
        {
            fault.DropSpaceLock();
            context.WaitUntilRunning();
        }

        return VmFaultResult.Retry;
    }
}
