using System;
using GpuMm.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>
/// Objects that share a reservation and grow old together: everything of one address space becomes the youngest in one
/// step, however many they are.
/// </summary>
/// <remarks>
/// In each domain and priority the members sit next to each other in the eviction order, so that the whole run moves by
/// exchanging six links. Lock: the shared reservation. Source: ttm_lru_bulk_move.
/// </remarks>
public sealed class BulkMove
{
    private readonly BulkRun[] _runs = new BulkRun[GpuDevice.MaxDomains * ResourceManager.PriorityCount];
    private readonly GpuDevice _device;

    /// <summary>An empty group.</summary>
    /// <param name="device">The device of its members.</param>
    /// <param name="reservation">The reservation that all members share.</param>
    public BulkMove(GpuDevice device, Reservation reservation)
        : this(device, reservation, device?.NextBulkId() ?? 0)
    {
        if (_device.IsObserved)
        {
            _device.Raise(new DeviceEvent { Kind = DeviceEventKind.BulkMade, RelatedId = Id, Detail = _device.NumberOf(reservation) });
        }
    }

    // Of whoever tells of itself instead.
    internal BulkMove(GpuDevice device, Reservation reservation, ulong id)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(reservation);
        _device = device;
        Reservation = reservation;
        Id = id;
    }

    /// <summary>The reservation that all members share.</summary>
    public Reservation Reservation { get; }

    /// <summary>Its number on the device, for events; never 0.</summary>
    public ulong Id { get; }

    internal uint Domains { get; set; } // Lock: Reservation; bit per domain that ever had a member

    /// <summary>Makes all members the youngest of their priorities, in the order they have. Lock: the reservation.</summary>
    /// <remarks>Cost: O(domains used), whatever the number of members; O(members) while an eviction walk is under way.</remarks>
    public void Bump()
    {
        Reservation.AssertHeld();
        for (int domain = 0; domain < GpuDevice.MaxDomains; domain++)
        {
            if ((Domains & (1u << domain)) != 0)
            {
                _device.FindManager((MemoryDomain)domain)?.BumpRuns(this);
            }
        }

        if (_device.IsObserved)
        {
            _device.Raise(new DeviceEvent { Kind = DeviceEventKind.BulkBumped, RelatedId = Id });
        }
    }

    /// <summary>The oldest member of a domain and priority, or null. Lock: the reservation.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="priority">0 to 3.</param>
    public Resource? First(MemoryDomain domain, int priority) => Run(domain, priority).First;

    /// <summary>The youngest member of a domain and priority, or null. Lock: the reservation.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="priority">0 to 3.</param>
    public Resource? Last(MemoryDomain domain, int priority) => Run(domain, priority).Last;

    internal ref BulkRun Run(MemoryDomain domain, int priority) =>
        ref _runs[((int)domain * ResourceManager.PriorityCount) + priority];
}
