namespace GpuMm.Lab.Race;

/// <summary>What one atomic step does.</summary>
/// <remarks>
/// The granularity is one step per action that another actor can see. A lock and the reads made at once after taking it
/// are one step, because nobody can come between them; giving the lock back is a step of its own.
/// </remarks>
internal enum RaceOp : byte
{
    /// <summary>A load and a store through the entry of one page; an empty entry faults instead.</summary>
    Access,

    /// <summary>The core takes the address-space lock and looks the area up; without an area: SIGSEGV.</summary>
    EnterFault,

    /// <summary>As <see cref="EnterFault"/>, but trusts the area found before.</summary>
    EnterFaultUnchecked,

    /// <summary>The core notes the zap counter.</summary>
    SampleZaps,

    /// <summary>The handler reads where the pages are, holding nothing.</summary>
    ReadPlace,

    /// <summary>The handler waits for the object's lock, takes it and reads where the pages are.</summary>
    LockAndRead,

    /// <summary>As <see cref="LockAndRead"/>; when the lock is taken it goes to the other branch instead of waiting.</summary>
    TryLockAndRead,

    /// <summary>Waits for the object's lock and takes it.</summary>
    LockObject,

    /// <summary>Gives the object's lock back.</summary>
    UnlockObject,

    /// <summary>Gives the object's lock back and answers Retry.</summary>
    UnlockAndRetry,

    /// <summary>Waits for the lock of the frame found and re-checks that it is still the object's; if not: other branch.</summary>
    LockFoundFrame,

    /// <summary>Gives the lock of the frame found back.</summary>
    UnlockFoundFrame,

    /// <summary>Waits for the fence of the copy, if there is one.</summary>
    WaitFence,

    /// <summary>Installs the entry if it is empty; when the page has left the object: other branch, SIGBUS.</summary>
    Install,

    /// <summary>As <see cref="Install"/>, and the neighbour's entry with it.</summary>
    InstallWindow,

    /// <summary>As <see cref="Install"/>, unless the zap counter has changed since the sample: then the other branch.</summary>
    InstallIfNoZap,

    /// <summary>Waits for the address-space lock and takes it.</summary>
    LockSpace,

    /// <summary>Gives the address-space lock back.</summary>
    UnlockSpace,

    /// <summary>Empties all entries and counts the zap.</summary>
    Zap,

    /// <summary>Empties the entry of one page and counts the zap.</summary>
    ZapPage,

    /// <summary>Copies the old frame to the new one.</summary>
    Copy,

    /// <summary>The object's place is the new frame.</summary>
    Retarget,

    /// <summary>The old frame goes to another owner.</summary>
    Free,

    /// <summary>Waits for the lock of one frame and takes it.</summary>
    LockFrame,

    /// <summary>Gives the lock of one frame back.</summary>
    UnlockFrame,

    /// <summary>One page leaves the object.</summary>
    RemovePage,

    /// <summary>Queues the copy on the copy engine; its fence is on the object.</summary>
    SubmitCopy,

    /// <summary>The copy engine, once there is work, copies the first half of the page.</summary>
    CopyFirstHalf,

    /// <summary>The copy engine copies the second half and signals the fence.</summary>
    CopySecondHalf,

    /// <summary>The area goes out of the address space.</summary>
    RemoveArea,

    /// <summary>Another owner waits for the freed frame and takes it.</summary>
    TakeFrame,

    /// <summary>The other owner fills its frame.</summary>
    WriteOwn,

    /// <summary>The other owner reads its frame back.</summary>
    ReadOwn,
}
