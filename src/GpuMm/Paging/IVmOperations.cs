namespace GpuMm.Paging;

/// <summary>What the owner of mapped memory supplies. One object serves many areas; see <see cref="VmArea.PrivateData"/>.</summary>
public interface IVmOperations
{
    /// <summary>An area begins to map the memory. Lock: the address space, exclusive.</summary>
    /// <param name="area">The area.</param>
    void Open(VmArea area);

    /// <summary>An area ends; its entries are already gone. Lock: the address space, exclusive.</summary>
    /// <param name="area">The area.</param>
    void Close(VmArea area);

    /// <summary>An access found no usable entry.</summary>
    /// <param name="fault">The access; entries are inserted through it.</param>
    /// <returns>
    /// <see cref="VmFaultResult.NoPage"/> when the access may be repeated, <see cref="VmFaultResult.Retry"/> after
    /// <see cref="VmFault.DropSpaceLock"/>, or an error.
    /// </returns>
    /// <remarks>Lock: the address space, shared. Inside, a reservation is taken by try-lock only.</remarks>
    VmFaultResult Fault(ref VmFault fault);
}
