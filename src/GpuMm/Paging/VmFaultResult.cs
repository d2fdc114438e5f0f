using System;

namespace GpuMm.Paging;

/// <summary>What a fault handler answers. The values are those of the kernel's <c>vm_fault_t</c>.</summary>
[Flags]
public enum VmFaultResult : uint
{
    /// <summary>The handler left a page for the core to install.</summary>
    None = 0,

    /// <summary>No memory.</summary>
    OutOfMemory = 0x1,

    /// <summary>There is nothing behind the address.</summary>
    SigBus = 0x2,

    /// <summary>The fault needed slow work; counted apart.</summary>
    Major = 0x4,

    /// <summary>The access is not allowed.</summary>
    SigSegv = 0x40,

    /// <summary>Nothing is left to install: the handler inserted the entry itself, or wants the access repeated.</summary>
    NoPage = 0x100,

    /// <summary>The handler dropped the address-space lock and waited: look the area up again and call once more.</summary>
    Retry = 0x400,

    /// <summary>Any answer that ends the access with an error.</summary>
    AnyError = OutOfMemory | SigBus | SigSegv,
}
