namespace GpuMm.Paging;

/// <summary>A step of a fault.</summary>
public enum FaultStep
{
    /// <summary>The access found no usable entry. Value: the address.</summary>
    Missed,

    /// <summary>An area covers the address. Value: its first address.</summary>
    AreaFound,

    /// <summary>Nothing is mapped there, or not for this access. Value: the address.</summary>
    AreaMissing,

    /// <summary>The handler got the lock of what it maps.</summary>
    LockTaken,

    /// <summary>Somebody else holds that lock.</summary>
    LockBusy,

    /// <summary>The address-space lock was dropped before a wait.</summary>
    SpaceLockDropped,

    /// <summary>The lock was waited for.</summary>
    LockWaited,

    /// <summary>The memory was moved to where the CPU reaches it. Value: bytes moved.</summary>
    MadeVisible,

    /// <summary>A fence was waited for. Value: its number.</summary>
    FenceWaited,

    /// <summary>Entries were inserted. Value: how many pages they show.</summary>
    Inserted,

    /// <summary>The handler answered. Value: the <see cref="VmFaultResult"/>.</summary>
    Answered,
}
