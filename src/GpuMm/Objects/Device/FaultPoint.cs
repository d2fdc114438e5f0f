namespace GpuMm.Objects;

/// <summary>Where a failure can be injected: every step that can fail in the field.</summary>
public enum FaultPoint : byte
{
    /// <summary>Space in a domain: <see cref="MmStatus.NoSpace"/>.</summary>
    AllocateSpace = 0,

    /// <summary>The object that describes the pages: <see cref="MmStatus.OutOfMemory"/>.</summary>
    CreateTable = 1,

    /// <summary>Pages of system RAM: <see cref="MmStatus.OutOfMemory"/>.</summary>
    Populate = 2,

    /// <summary>Room for a fence, before a copy is queued: <see cref="MmStatus.OutOfMemory"/>.</summary>
    ReserveFence = 3,

    /// <summary>The driver's move: <see cref="MmStatus.Interrupted"/>.</summary>
    Move = 4,

    /// <summary>Waiting for the GPU: <see cref="MmStatus.Interrupted"/>.</summary>
    WaitFence = 5,

    /// <summary>Taking an object's reservation: <see cref="MmStatus.Interrupted"/>.</summary>
    Lock = 6,

    /// <summary>Writing a page to the swap store: <see cref="MmStatus.NoSpace"/>.</summary>
    SwapWrite = 7,

    /// <summary>Reading a page back: <see cref="MmStatus.Interrupted"/>.</summary>
    SwapRead = 8,

    /// <summary>Trying a reservation, of a candidate, in a fault or of what is released: it counts as held by somebody.</summary>
    TryLock = 9,

    /// <summary>A wait for a reservation that a signal may end: <see cref="MmStatus.Interrupted"/>.</summary>
    LockWait = 10,

    /// <summary>Room for the copies that whoever takes space inherits: <see cref="MmStatus.OutOfMemory"/>.</summary>
    InheritFences = 11,

    /// <summary>A slot for a copy out of a domain: the copy is waited for instead.</summary>
    EvictionSlot = 12,

    /// <summary>The ghost that keeps what a busy object gives up: <see cref="MmStatus.OutOfMemory"/>, nothing given up.</summary>
    MakeGhost = 13,

    /// <summary>A deleted object's, or a ghost's, own copy of the fences: the work is waited for instead.</summary>
    CopyFences = 14,

    /// <summary>Charging a group: <see cref="MmStatus.NoSpace"/>.</summary>
    Charge = 15,

    /// <summary>A part of the bus window: <see cref="MmStatus.NoSpace"/>; a bus error for who touches it.</summary>
    EnterWindow = 16,

    /// <summary>A page-table entry: nothing is inserted, and the access faults again.</summary>
    InsertEntry = 17,

    /// <summary>The page of zeros that stands for a device that went: <see cref="MmStatus.OutOfMemory"/>.</summary>
    DummyPage = 18,

    /// <summary>Parting a page from its run on the way to the swap store: <see cref="MmStatus.NoSpace"/>.</summary>
    PartPage = 19,

    /// <summary>Pages for what comes back from the swap store: <see cref="MmStatus.OutOfMemory"/>.</summary>
    RestorePages = 20,
}
