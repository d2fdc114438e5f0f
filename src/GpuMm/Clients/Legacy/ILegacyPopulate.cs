using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>The populate contract: the handler installs the entries of a range itself.</summary>
public interface ILegacyPopulate
{
    /// <summary>Installs entries.</summary>
    /// <param name="fault">The access, through which entries are inserted.</param>
    /// <param name="sizeBytes">Bytes from the access's page that are wanted.</param>
    /// <param name="filePage">The file page to show there.</param>
    /// <param name="isNonBlocking">True when only what is at hand is wanted.</param>
    /// <returns><see cref="MmStatus.Ok"/>, <see cref="MmStatus.OutOfMemory"/>, or another error.</returns>
    MmStatus Populate(ref VmFault fault, ulong sizeBytes, ulong filePage, bool isNonBlocking);
}
