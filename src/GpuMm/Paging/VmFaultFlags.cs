using System;

namespace GpuMm.Paging;

/// <summary>What the core tells a fault handler about the access. The values are those of the kernel's fault flags.</summary>
[Flags]
public enum VmFaultFlags : uint
{
    /// <summary>A read.</summary>
    None = 0,

    /// <summary>The access writes.</summary>
    Write = 0x1,

    /// <summary>The page is present and read-only, and its area may be written: make it writable.</summary>
    MakeWritable = 0x2,

    /// <summary>The handler may drop the address-space lock and answer <see cref="VmFaultResult.Retry"/>.</summary>
    AllowRetry = 0x4,

    /// <summary>With a retry the lock must be kept: the caller does not want to wait.</summary>
    RetryNoWait = 0x8,

    /// <summary>A wait may be broken off when the program is killed; never set here, see <see cref="Interruptible"/>.</summary>
    Killable = 0x10,

    /// <summary>This is the second attempt; another retry is not allowed.</summary>
    Tried = 0x20,

    /// <summary>The access comes from the program itself.</summary>
    User = 0x40,

    /// <summary>The access comes from another program; never set here, debuggers go past the handler.</summary>
    Remote = 0x80,

    /// <summary>An instruction is fetched; never set here, device memory holds no code.</summary>
    Instruction = 0x100,

    /// <summary>A wait may be broken off: <see cref="VmFault.Interrupt"/> says when.</summary>
    Interruptible = 0x200,

    /// <summary>A private copy is wanted; never set here, device memory is shared.</summary>
    Unshare = 0x400,

    /// <summary><see cref="VmFault.OriginalPte"/> holds the entry that the access met.</summary>
    OriginalPteValid = 0x800,

    /// <summary>Only the area is locked, not its address space; never set here, faults lock the space.</summary>
    AreaLock = 0x1000,
}
