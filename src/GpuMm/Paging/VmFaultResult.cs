using System;

namespace GpuMm.Paging;

/// <summary>What a fault handler answers. The values are those of the kernel's <c>vm_fault_t</c>.</summary>
#pragma warning disable MA0062 // One member is a field of four bits, as in the kernel's type.
[Flags]
public enum VmFaultResult : uint
{
    /// <summary>
    /// The handler left a page with <see cref="VmFault.SetPage"/>. The core takes the page's lock, asks
    /// <see cref="IVmOperations.IsPageCurrent"/>, installs the entry if its place is still empty, and gives the lock back.
    /// From <see cref="IVmOperations.MakeWritable"/>: the core makes the entry writable.
    /// </summary>
    None = 0,

    /// <summary>No memory: the access ends with <see cref="MmStatus.OutOfMemory"/>.</summary>
    OutOfMemory = 0x1,

    /// <summary>There is nothing behind the address: the access ends with <see cref="MmStatus.BusError"/>.</summary>
    SigBus = 0x2,

    /// <summary>The fault needed slow work: counted in <see cref="AddressSpace.MajorFaults"/>.</summary>
    Major = 0x4,

    /// <summary>The memory is broken: the access ends with <see cref="MmStatus.BusError"/>.</summary>
    HwPoison = 0x10,

    /// <summary>As <see cref="HwPoison"/> for a large page; its size index stands under <see cref="HugeIndexMask"/>.</summary>
    HwPoisonLarge = 0x20,

    /// <summary>The access is not allowed: it ends with <see cref="MmStatus.AccessViolation"/>.</summary>
    SigSegv = 0x40,

    /// <summary>Nothing is left to install: the handler inserted the entry itself, or wants the access repeated.</summary>
    NoPage = 0x100,

    /// <summary>
    /// The page of <see cref="VmFault.SetPage"/> comes with its lock held: the core installs it without a further check
    /// and gives the lock back.
    /// </summary>
    Locked = 0x200,

    /// <summary>
    /// The handler dropped the address-space lock and waited: look the area up again and call once more, with
    /// <see cref="VmFaultFlags.Tried"/>. Under <see cref="VmFaultFlags.RetryNoWait"/> the lock is kept.
    /// </summary>
    Retry = 0x400,

    /// <summary>A large entry is not possible here; the core asks for the next smaller size. An error for the smallest.</summary>
    Fallback = 0x800,

    /// <summary>The handler made the private copy. Refused: device memory has no private writable mappings.</summary>
    DoneCow = 0x1000,

    /// <summary>A file must be synchronised before the page is writable. Refused: no such file exists here.</summary>
    NeedsDataSync = 0x2000,

    /// <summary>The fault is done and the address-space lock was released: see <see cref="VmFault.CompleteWithoutSpaceLock"/>.</summary>
    Completed = 0x4000,

    /// <summary>Bits of the size index of <see cref="HwPoisonLarge"/>.</summary>
    HugeIndexMask = 0xf0000,

    /// <summary>Any answer that ends the access with an error, or, for <see cref="Fallback"/>, this size.</summary>
    AnyError = OutOfMemory | SigBus | SigSegv | HwPoison | HwPoisonLarge | Fallback,
}
#pragma warning restore MA0062
