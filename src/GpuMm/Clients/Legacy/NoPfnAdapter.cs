using System;
using GpuMm.Backing;
using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>Serves faults by the nopfn contract: the frame is installed if the place is empty, with no check at all.</summary>
/// <remarks>
/// Sound for memory that never moves. For memory that does, only a handler that inserts under its own lock and answers
/// <see cref="LegacyAnswer.Refault"/> is: the answer from which Fault's NoPage came.
/// </remarks>
public sealed class NoPfnAdapter(ILegacyNoPfn handler) : IVmOperations
{
    /// <inheritdoc/>
    public void Open(VmArea area)
    {
    }

    /// <inheritdoc/>
    public void Close(VmArea area)
    {
    }

    /// <inheritdoc/>
    public VmFaultResult Fault(ref VmFault fault)
    {
        switch (handler.NoPfn(ref fault, out FrameIndex frame))
        {
            case LegacyAnswer.SigBus:
                return VmFaultResult.SigBus;
            case LegacyAnswer.OutOfMemory:
                return VmFaultResult.OutOfMemory;
            case LegacyAnswer.Refault:
                return VmFaultResult.NoPage;
            case LegacyAnswer.Page:
                fault.InsertReturnedPage(frame, Caching.Uncached);
                return VmFaultResult.NoPage;
            default:
                throw new InvalidOperationException("A nopfn handler answers a frame, SIGBUS, OOM or REFAULT.");
        }
    }
}
