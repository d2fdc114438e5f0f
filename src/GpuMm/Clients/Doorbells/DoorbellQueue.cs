using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.Clients.Doorbells;

/// <summary>A queue of the adapter.</summary>
public sealed class DoorbellQueue
{
    internal DoorbellQueue(uint handle, AddressSpace owner, in DoorbellQueueDescription description)
    {
        Handle = handle;
        Owner = owner;
        Description = description;
    }

    /// <summary>Its number.</summary>
    public uint Handle { get; }

    /// <summary>The only address space that may map it.</summary>
    public AddressSpace Owner { get; }

    /// <summary>Where its parts are.</summary>
    public DoorbellQueueDescription Description { get; }

    /// <summary>Guards its entries.</summary>
    public Reservation Lock { get; } = new();

    internal int[] UseCounts { get; } = new int[3]; // Lock: the adapter; one per resource

    internal FrameIndex FrameOf(DoorbellResource resource) => resource switch
    {
        DoorbellResource.Doorbell => Description.Doorbell,
        DoorbellResource.ReceiveQueue => Description.ReceiveQueue,
        _ => Description.SendQueue,
    };
}
