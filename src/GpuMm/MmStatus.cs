namespace GpuMm;

/// <summary>
/// The answer of an operation that may fail in a way its caller can act on. Every failure leaves the state unchanged.
/// </summary>
/// <remarks>Misuse (a stale handle, a null argument) is not a status: it throws.</remarks>
public enum MmStatus : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>No space: no hole, page or slot fits the request now (ENOSPC).</summary>
    NoSpace = 1,

    /// <summary>The exact range that was asked for is taken, wholly or in part (ENOSPC of a reserve).</summary>
    Overlap = 2,

    /// <summary>The request can never succeed as it is stated: a wrong size, alignment, range or place (EINVAL).</summary>
    InvalidArgument = 3,

    /// <summary>Every allowed place was tried with eviction and none has room (ENOMEM).</summary>
    OutOfMemory = 4,

    /// <summary>Someone else holds a lock or a fence is not signalled, and the caller asked not to wait (EBUSY).</summary>
    Busy = 5,

    /// <summary>The caller's ticket already holds this reservation (EALREADY).</summary>
    AlreadyHeld = 6,

    /// <summary>An older ticket holds the reservation: release everything and start again (EDEADLK).</summary>
    Deadlock = 7,

    /// <summary>The wait was interrupted; nothing was changed and the call may be repeated (ERESTARTSYS).</summary>
    Interrupted = 8,

    /// <summary>The address is not mapped, or not for this kind of access (SIGSEGV).</summary>
    AccessViolation = 9,

    /// <summary>The address is mapped but nothing is behind it (SIGBUS).</summary>
    BusError = 10,

    /// <summary>The object's contents were lost with the device's memory, and its owner has not acknowledged that (ENODEV).</summary>
    ContentsLost = 11,
}
