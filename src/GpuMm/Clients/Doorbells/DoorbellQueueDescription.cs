using GpuMm.Backing;

namespace GpuMm.Clients.Doorbells;

/// <summary>Where the parts of a queue are in physical memory.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Doorbell">The one page of 4 KiB that rings; its neighbours are those of other programs.</param>
/// <param name="ReceiveQueue">First frame of the receive queue.</param>
/// <param name="SendQueue">First frame of the send queue; not used by a completion queue.</param>
/// <param name="QueuePages">Pages of each of them.</param>
public readonly record struct DoorbellQueueDescription(
    QueueKind Kind, FrameIndex Doorbell, FrameIndex ReceiveQueue, FrameIndex SendQueue, int QueuePages);
