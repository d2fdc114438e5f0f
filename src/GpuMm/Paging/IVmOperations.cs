using System;
using GpuMm.Fences;

namespace GpuMm.Paging;

/// <summary>What the owner of mapped memory supplies. One object serves many areas; see <see cref="VmArea.PrivateData"/>.</summary>
public interface IVmOperations
{
    /// <summary>Says whether something may be mapped, before anything changes.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="description">What is to be mapped.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or why not.</returns>
    MmStatus CheckMap(AddressSpace space, in VmAreaDescription description) => MmStatus.Ok;

    /// <summary>An area begins to map the memory, or a part is split off. Lock: the address space, exclusive.</summary>
    /// <param name="area">The area; it is placed, and not in use yet.</param>
    /// <remarks>Who cannot throws: then the area never was, and <see cref="Close"/> is not called for it.</remarks>
    void Open(VmArea area);

    /// <summary>An area ends; its entries are already gone. Lock: the address space, exclusive.</summary>
    /// <param name="area">The area.</param>
    void Close(VmArea area);

    /// <summary>
    /// The lock under which entries of an area are inserted and revoked. Null when each insertion names its own.
    /// </summary>
    /// <param name="area">The area.</param>
    Reservation? LockOf(VmArea area) => null;

    /// <summary>
    /// In which part of its mapping an area is kept. It never changes, and areas that show the same page name the same part: whoever
    /// revokes the page looks nowhere else.
    /// </summary>
    /// <param name="area">The area.</param>
    internal int PartOf(VmArea area) => 0;

    /// <summary>An access found no usable entry.</summary>
    /// <param name="fault">The access; entries are inserted through it.</param>
    /// <returns>
    /// <see cref="VmFaultResult.NoPage"/> when the access may be repeated, <see cref="VmFaultResult.None"/> or
    /// <see cref="VmFaultResult.Locked"/> after <see cref="VmFault.SetPage"/>, <see cref="VmFaultResult.Retry"/> after
    /// <see cref="VmFault.DropSpaceLock"/>, or an error.
    /// </returns>
    /// <remarks>Lock: the address space, shared. Inside, a reservation is taken by try-lock only.</remarks>
    VmFaultResult Fault(ref VmFault fault);

    /// <summary>An access found no entry, and a large one would fit into the area and the table.</summary>
    /// <param name="fault">The access.</param>
    /// <param name="size">The size asked for: the largest first.</param>
    /// <returns><see cref="VmFaultResult.Fallback"/> when that size is not possible; else as <see cref="Fault"/>.</returns>
    VmFaultResult HugeFault(ref VmFault fault, VmPageSize size) => VmFaultResult.Fallback;

    /// <summary>A write found a read-only entry in an area that may be written.</summary>
    /// <param name="fault">The access; <see cref="VmFault.OriginalPte"/> is the entry.</param>
    /// <returns><see cref="VmFaultResult.None"/> lets the core make it writable; else as <see cref="Fault"/>.</returns>
    VmFaultResult MakeWritable(ref VmFault fault) => VmFaultResult.None;

    /// <summary>Whether a page that was returned unlocked is still the right one. Lock: the page's.</summary>
    /// <param name="fault">The access.</param>
    bool IsPageCurrent(ref VmFault fault) => true;

    /// <summary>Reads or writes the memory for somebody who must not fault, such as a debugger.</summary>
    /// <param name="area">The area.</param>
    /// <param name="offsetBytes">Offset into the area.</param>
    /// <param name="bytes">Receives or gives the bytes; may reach beyond the memory, which is then refused.</param>
    /// <param name="kind">Read or write.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or <see cref="MmStatus.BusError"/> when it cannot be reached.</returns>
    /// <remarks>Lock: the address space, shared.</remarks>
    MmStatus Access(VmArea area, ulong offsetBytes, Span<byte> bytes, AccessKind kind) => MmStatus.BusError;
}
