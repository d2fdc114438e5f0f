using System;

namespace GpuMm.Diagnostics;

/// <summary>What a request may do, and what its caller holds. The numbers are stable: recordings keep them.</summary>
[Flags]
public enum RequestFlags : byte
{
    /// <summary>No program asked.</summary>
    None = 0,

    /// <summary>A program asked.</summary>
    Asked = 1,

    /// <summary>It does not wait for the GPU.</summary>
    NoWaitGpu = 2,

    /// <summary>Objects that share the held reservation may be evicted.</summary>
    AllowsReservedEviction = 4,

    /// <summary>Pages may be taken beyond the limit.</summary>
    ForcesAllocation = 8,

    /// <summary>Waits end at once.</summary>
    IsInterrupted = 16,

    /// <summary>The object's reservation is held under a ticket.</summary>
    HasTicket = 32,

    /// <summary>The held reservation is the one that the object has.</summary>
    HoldsOwn = 64,
}
