using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>Serves faults by the populate contract: no memory is OOM, another error SIGBUS, success a major fault.</summary>
public sealed class PopulateAdapter(ILegacyPopulate handler) : IVmOperations
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
    public VmFaultResult Fault(ref VmFault fault) =>
        handler.Populate(ref fault, fault.Area.Space.BasePageBytes, fault.Area.FilePageAt(fault.PageAddress), isNonBlocking: false) switch
        {
            MmStatus.Ok => VmFaultResult.NoPage | VmFaultResult.Major,
            MmStatus.OutOfMemory => VmFaultResult.OutOfMemory,
            _ => VmFaultResult.SigBus,
        };
}
