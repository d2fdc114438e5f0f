using System;
using GpuMm.Diagnostics;
using GpuMm.Eviction;

namespace GpuMm.Objects;

/// <content>What the eviction policy decides beside the order.</content>
public sealed partial class GpuDevice
{
    private GentlePlacement? _gentle; // The last one made: callers use one pair of placements over and over.

    /// <summary>Who goes first, and where the evicted go that are used again.</summary>
    public EvictionPolicy Policy { get; }

    internal PolicySlots PolicySlots { get; } = new();

    /// <summary>Where the policy lets an object go that a submission uses.</summary>
    /// <param name="target">The object.</param>
    /// <param name="preferred">Where it would be best.</param>
    /// <param name="allowed">Where it may be as well.</param>
    /// <param name="availableBytes">What may be moved: <see cref="MoveBudget.AvailableBytes"/>; used by one rule.</param>
    /// <param name="movedBytes">What this submission moved already.</param>
    /// <param name="isProtected">Whether its client is below its protected share; used by one rule.</param>
    /// <returns>A placement for <see cref="BufferObject.Validate"/>.</returns>
    /// <remarks>Lock: its reservation. Allocates only when other placements are given than the time before.</remarks>
    public Placement PlacementForUse(
        BufferObject target,
        Placement preferred,
        Placement allowed,
        ulong availableBytes = ulong.MaxValue,
        ulong movedBytes = 0,
        bool isProtected = false)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(preferred);
        ArgumentNullException.ThrowIfNull(allowed);
        target.Reservation.AssertHeld();
        if (IsCompatible(target.Resource, preferred, force: true))
        {
            if (target.WasEvicted)
            {
                target.WasEvicted = false; // It is back.
                if (IsObserved)
                {
                    Raise(new DeviceEvent { Kind = DeviceEventKind.CameBack, To = target.Resource!.Domain }, target);
                }
            }

            return preferred;
        }

        return Policy.Return switch
        {
            ReturnRule.Budgeted => MoveBudget.Choose(availableBytes, movedBytes, preferred, allowed),
            ReturnRule.StayWhereFallen when target.WasEvicted => Gently(preferred, allowed),
            ReturnRule.ProtectedBack when target.WasEvicted && !isProtected => Gently(preferred, allowed),
            _ => preferred,
        };
    }

    private void GivePolicySlot(BufferObject gone)
    {
        if (gone.PolicySlot < 0)
        {
            return;
        }

        foreach (ResourceManager? manager in _managers)
        {
            manager?.ForgetRank(gone.PolicySlot);
        }

        PolicySlots.Give(gone.PolicySlot);
        gone.PolicySlot = -1;
    }

    // The preferred places only while they have room, and those that are merely allowed otherwise.
    private Placement Gently(Placement preferred, Placement allowed)
    {
        if (_gentle is { } last && ReferenceEquals(last.Preferred, preferred) && ReferenceEquals(last.Allowed, allowed))
        {
            return last.Made;
        }

        Span<Place> places = stackalloc Place[16];
        int count = 0;
        uint domains = 0;
        foreach (ref readonly Place place in preferred.Places)
        {
            places[count++] = place with { Flags = (place.Flags & ~PlaceFlags.Fallback) | PlaceFlags.Desired };
            domains |= 1u << (int)place.Domain;
        }

        foreach (ref readonly Place place in allowed.Places)
        {
            if ((domains & (1u << (int)place.Domain)) == 0 && count < 8)
            {
                places[count++] = place with { Flags = (place.Flags & ~PlaceFlags.Desired) | PlaceFlags.Fallback };
            }
        }

        // Without a second place there is nowhere to stay.
        Placement made = count == preferred.Places.Length ? preferred : new Placement(places[..count]);
        _gentle = new GentlePlacement(preferred, allowed, made);
        return made;
    }

    private sealed record GentlePlacement(Placement Preferred, Placement Allowed, Placement Made);
}
