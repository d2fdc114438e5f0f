using GpuMm.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>How one operation may go about its work, and what it did. Pass it by <c>ref</c>; <c>default</c> is usual.</summary>
public struct OperationContext
{
    /// <summary>Answer <see cref="MmStatus.Busy"/>, or try the next place, instead of waiting for the GPU.</summary>
    public bool NoWaitGpu { get; set; }

    /// <summary>Objects that share <see cref="HeldReservation"/> may be evicted too.</summary>
    public bool AllowReservedEviction { get; set; }

    /// <summary>A reservation that the caller holds, shared by several objects.</summary>
    public Reservation? HeldReservation { get; set; }

    /// <summary>Ends waits early; null for never.</summary>
    public WaitInterrupt? Interrupt { get; set; }

    /// <summary>Pages may be taken although the device's limit is reached.</summary>
    public bool ForceAllocate { get; set; }

    /// <summary>Bytes that were moved, every hop counted.</summary>
    public ulong BytesMoved { get; set; }

    /// <summary>Why this is done; told in events.</summary>
    public MoveCause Cause { get; set; }

    // For whom room is made while the cause is an eviction.
    internal ulong EvictorId { get; set; }
}
