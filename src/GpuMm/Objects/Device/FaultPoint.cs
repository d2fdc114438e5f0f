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
}
