using System;

namespace GpuMm.Paging;

/// <summary>What the core tells a fault handler about the access.</summary>
[Flags]
public enum VmFaultFlags : uint
{
    /// <summary>A read.</summary>
    None = 0,

    /// <summary>The access writes.</summary>
    Write = 0x1,

    /// <summary>The handler may drop the address-space lock and answer <see cref="VmFaultResult.Retry"/>.</summary>
    AllowRetry = 0x4,

    /// <summary>With a retry the lock must be kept: the caller does not want to wait.</summary>
    RetryNoWait = 0x8,

    /// <summary>This is the second attempt; another retry is not allowed.</summary>
    Tried = 0x20,
}
