using GpuMm.Eviction;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>Making room.</content>
public sealed partial class GpuDevice
{
    private MmStatus EvictAndAllocate(
        BufferObject requester, ResourceManager manager, in Place place, ref OperationContext context, out Resource? resource)
    {
        // What already was given up, but waits for its copy, comes before anything that is still in use.
        if (ReapPostponed() + ReapDeleted() > 0 &&
            manager.TryAllocate(requester, place, context.NoWaitGpu, out resource) == MmStatus.Ok)
        {
            return MmStatus.Ok;
        }

        // Try-locks only, then, for a locker with a ticket, walks that may sleep for one contended lock each.
        MmStatus status = Walk(requester, manager, place, ref context, ticket: null, out resource, out _);
        ReservationTicket? ticket = requester.Reservation.Ticket;
        bool progress = ticket is not null;
        while (status == MmStatus.NoSpace && progress)
        {
            status = Walk(requester, manager, place, ref context, ticket, out resource, out progress);
        }

        // Only space that shows system pages waits for copies; a card's own is free at once, and waiting cannot help it.
        while (status == MmStatus.NoSpace && manager.UsesPages && !context.NoWaitGpu && WaitOldestPostponed())
        {
            status = manager.TryAllocate(requester, place, context.NoWaitGpu, out resource);
        }

        return status;
    }

    private MmStatus Walk(
        BufferObject requester,
        ResourceManager manager,
        in Place place,
        ref OperationContext context,
        ReservationTicket? ticket,
        out Resource? resource,
        out bool progress)
    {
        resource = null;
        progress = false;
        bool maySleep = ticket is not null;
        LruCursor cursor = manager.BeginWalk();
        try
        {
            while (manager.NextCandidate(cursor, context, maySleep ? ticket : null, out CandidateLock state) is { } victim)
            {
                if (state == CandidateLock.None)
                {
                    MmStatus locked = victim.Reservation.Lock(ticket);
                    maySleep = false;
                    if (locked != MmStatus.Ok)
                    {
                        return MmStatus.NoSpace;
                    }
                }

                bool evicted;
                try
                {
                    evicted = TryEvict(victim, requester, manager, place, ref context);
                }
                finally
                {
                    if (state != CandidateLock.HeldByCaller)
                    {
                        victim.Reservation.Unlock();
                    }
                }

                progress |= evicted;
                if (evicted && manager.TryAllocate(requester, place, context.NoWaitGpu, out resource) == MmStatus.Ok)
                {
                    return MmStatus.Ok;
                }
            }
        }
        finally
        {
            manager.EndWalk(cursor);
        }

        return MmStatus.NoSpace;
    }

    // Lock: the victim's reservation. It may have moved, or been pinned, before the lock was ours.
    private bool TryEvict(
        BufferObject victim, BufferObject requester, ResourceManager manager, in Place place, ref OperationContext context)
    {
        if (victim.Resource is not { } held || !ReferenceEquals(held.Manager, manager) || ReferenceEquals(victim, requester))
        {
            return false;
        }

        if (victim.IsDeleted)
        {
            return TryReap(victim, mayWait: !context.NoWaitGpu);
        }

        if (victim.PinCount > 0 || !Driver.IsEvictionValuable(victim, place))
        {
            return false;
        }

        Placement target = Driver.EvictionPlacement(victim);
        if (target.Places.IsEmpty)
        {
            return DropContents(victim, context) == MmStatus.Ok;
        }

        MmStatus status = MmStatus.NoSpace;
        for (int pass = 0; pass < 2 && status == MmStatus.NoSpace; pass++)
        {
            status = AllocateResource(victim, target, force: pass == 1, ref context, out Resource? resource);
            if (status == MmStatus.Ok)
            {
                status = MoveTo(victim, resource!, isEviction: true, ref context);
            }
        }

        if (status == MmStatus.Ok)
        {
            Statistics.CountEviction(victim.SizeBytes);
        }

        return status == MmStatus.Ok;
    }
}
