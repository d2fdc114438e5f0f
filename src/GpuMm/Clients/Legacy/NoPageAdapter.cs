using System;
using GpuMm.Backing;
using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>Serves faults by the nopage contract: sample the count of revocations, ask, compare under the entry's lock.</summary>
/// <remarks>
/// The comparison keeps out a page that was revoked after the sample. It cannot know that a handler which looks without a
/// lock was called after the revocation and still saw the old place: that is the hole that this contract has for memory
/// that moves, and why Fault replaced it.
/// </remarks>
public sealed class NoPageAdapter(ILegacyNoPage handler) : IVmOperations
{
    private const int MaxAttempts = 1000;

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
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ulong zapCount = fault.Area.Mapping.ZapCount;
            switch (handler.NoPage(fault.Area, fault.PageAddress, out FrameIndex frame))
            {
                case LegacyAnswer.SigBus:
                    return VmFaultResult.SigBus;
                case LegacyAnswer.OutOfMemory:
                    return VmFaultResult.OutOfMemory;
                case LegacyAnswer.Refault:
                    return VmFaultResult.NoPage;
                case LegacyAnswer.Page:
                    if (fault.TryInsertUnlessZapped(frame, Caching.Cached, zapCount))
                    {
                        return VmFaultResult.NoPage;
                    }

                    break;
                default:
                    throw new InvalidOperationException("A nopage handler answers a page, SIGBUS, OOM or REFAULT.");
            }
        }

        // Revoked again and again: let the access start anew.
        return VmFaultResult.NoPage;
    }
}
