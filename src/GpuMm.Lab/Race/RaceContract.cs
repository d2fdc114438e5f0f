namespace GpuMm.Lab.Race;

/// <summary>What a fault handler promises its caller, and who puts the entry into the page table.</summary>
/// <remarks>Source: the history of the kernel's vm_operations, from nopage to fault.</remarks>
public enum RaceContract
{
    /// <summary>The handler returns a frame number; the core installs it if the entry is still empty.</summary>
    NoPfn,

    /// <summary>The handler returns a page; the core drops it when the zap counter has changed since before the call.</summary>
    NoPage,

    /// <summary>As <see cref="NoPage"/>, with a handler that looks at the place without the object's lock.</summary>
    NoPageLockFree,

    /// <summary>The page comes back locked; whoever moves it locks it first.</summary>
    PageLock,

    /// <summary>The handler inserts the entry itself while it holds the object's lock, and answers NoPage.</summary>
    InsertUnderLock,

    /// <summary>
    /// As <see cref="InsertUnderLock"/>, under the address-space lock too: the object's lock is only tried, and on
    /// failure the handler drops the outer lock, waits, and answers Retry once.
    /// </summary>
    Ttm,
}
