using GpuMm.Diagnostics;
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
        if (ReapFor(requester) &&
            TakeSpace(manager, requester, place, context.NoWaitGpu, out resource) == MmStatus.Ok)
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
            status = TakeSpace(manager, requester, place, context.NoWaitGpu, out resource);
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
            bool reportsLocked = IsObserved;
            for (int rank = 0; ; rank++)
            {
                if (manager.NextCandidate(cursor, context, maySleep ? ticket : null, out CandidateLock state, reportsLocked) is not { } victim)
                {
                    break;
                }

                if (state == CandidateLock.Busy)
                {
                    RaiseSkipped(victim, requester, manager, SkipReason.Locked, MmStatus.Busy, rank);
                    continue;
                }

                if (state == CandidateLock.None)
                {
                    MmStatus locked = victim.Reservation.Lock(ticket);
                    maySleep = false;
                    if (locked != MmStatus.Ok)
                    {
                        RaiseSkipped(victim, requester, manager, SkipReason.Locked, locked, rank);
                        return MmStatus.NoSpace;
                    }
                }

                bool evicted;
                try
                {
                    evicted = TryEvict(victim, requester, manager, place, rank, ref context);
                }
                finally
                {
                    if (state != CandidateLock.HeldByCaller)
                    {
                        victim.Reservation.Unlock();
                    }
                }

                progress |= evicted;
                if (evicted && TakeSpace(manager, requester, place, context.NoWaitGpu, out resource) == MmStatus.Ok)
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
        BufferObject victim, BufferObject requester, ResourceManager manager, in Place place, int rank, ref OperationContext context)
    {
        SkipReason reason = ReasonToSkip(victim, requester, manager, place);
        if (reason != SkipReason.None)
        {
            RaiseSkipped(victim, requester, manager, reason, MmStatus.Ok, rank);
            return false;
        }

        if (victim.IsDeleted)
        {
            bool isReaped = TryReap(victim, mayWait: !context.NoWaitGpu);
            if (!isReaped)
            {
                RaiseSkipped(victim, requester, manager, SkipReason.StillUsed, MmStatus.Busy, rank);
            }

            return isReaped;
        }

        (MoveCause cause, ulong evictorId) = (context.Cause, context.EvictorId);
        (context.Cause, context.EvictorId) = (MoveCause.Eviction, requester.Id);
        MmStatus status = Evict(victim, ref context);
        (context.Cause, context.EvictorId) = (cause, evictorId);
        if (status == MmStatus.Ok)
        {
            RaiseEvicted(victim, requester, manager, rank);
        }
        else
        {
            RaiseSkipped(victim, requester, manager, SkipReason.CannotMove, status, rank);
        }

        return status == MmStatus.Ok;
    }

    private SkipReason ReasonToSkip(BufferObject victim, BufferObject requester, ResourceManager manager, in Place place)
    {
        if (victim.Resource is not { } held || !ReferenceEquals(held.Manager, manager))
        {
            return SkipReason.Gone;
        }

        if (ReferenceEquals(victim, requester))
        {
            return SkipReason.Requester;
        }

        if (victim.IsDeleted)
        {
            return SkipReason.None;
        }

        return victim.PinCount > 0 ? SkipReason.Pinned
            : !Driver.IsEvictionValuable(victim, place) ? SkipReason.NotValuable
            : SkipReason.None;
    }

    private MmStatus Evict(BufferObject victim, ref OperationContext context)
    {
        Placement target = Driver.EvictionPlacement(victim);
        if (target.Places.IsEmpty)
        {
            return DropContents(victim, context);
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

        return status;
    }
}
