using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

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

    public VmFaultResult Fault(ref VmFault fault)
    {
        // A short sleep at most: switches do not call out under the lock.
        context.StateLock.Lock();
        try
        {
            if (context.State == SpuState.Running)
            {
                Insert(ref fault);
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

    private void Insert(ref VmFault fault)
    {
        ulong page = (fault.PageAddress - fault.Area.StartAddress) / 4096;
        page += fault.Area.Window.FirstPage - (SpuContext.LocalStoreBytes / 4096);
        FrameIndex start = context.Frames.ProblemState;
        fault.InsertPte(new FrameIndex(start.MemoryIndex, start.PageIndex + page), Caching.Uncached, context.StateLock);
    }
}
