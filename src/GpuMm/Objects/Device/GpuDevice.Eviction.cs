using GpuMm.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>Making room.</content>
public sealed partial class GpuDevice
{
    private MmStatus EvictAndAllocate(
        BufferObject requester,
        ResourceManager manager,
        in Place place,
        MemoryGroup? limiting,
        bool mayIgnoreLow,
        ref OperationContext context,
        out Resource? resource)
    {
        // What already was given up, but waits for its copy, comes before anything that is still in use.
        if (ReapFor(requester, context) &&
            TakeSpace(manager, requester, place, context.NoWaitGpu, out resource, out limiting) == MmStatus.Ok)
        {
            return MmStatus.Ok;
        }

        EvictionSearch search = new(requester, manager, place) { Limiting = limiting };
        MmStatus status = Search(ref search, mayIgnoreLow, ref context);

        // Only space that shows system pages waits for copies; a card's own is free at once, and waiting cannot help it.
        while (status == MmStatus.NoSpace && manager.UsesPages && !context.NoWaitGpu && WaitOldestPostponed())
        {
            status = TakeSpace(manager, requester, place, context.NoWaitGpu, out search.Resource, out _);
        }

        resource = search.Resource;
        return status;
    }

    // Try-locks only, then, for a locker with a ticket, walks that may sleep for one contended lock each. Each of the two
    // first spares what a low mark protects, and takes it when nothing else helped.
    private MmStatus Search(ref EvictionSearch search, bool mayIgnoreLow, ref OperationContext context)
    {
        MmStatus status = Walk(ref search, ticket: null, ref context);
        if (status == MmStatus.NoSpace && search.HitsLow && mayIgnoreLow)
        {
            search.IgnoresLow = true;
            status = Walk(ref search, ticket: null, ref context);
        }

        if (search.Requester.Reservation.Ticket is not { } ticket)
        {
            return status;
        }

        search.IgnoresLow = false;
        search.HitsLow = false;
        search.HasProgress = true;
        while (status == MmStatus.NoSpace && search.HasProgress)
        {
            status = Walk(ref search, ticket, ref context);
            if (status == MmStatus.NoSpace && !search.HasProgress && search.HitsLow && mayIgnoreLow && !search.IgnoresLow)
            {
                search.IgnoresLow = true;
                search.HasProgress = true;
            }
        }

        return status;
    }

    private MmStatus Walk(ref EvictionSearch search, ReservationTicket? ticket, ref OperationContext context)
    {
        search.HasProgress = false;
        search.Rank = -1;
        bool maySleep = ticket is not null;
        bool reportsLocked = IsObserved;
        LruCursor cursor = search.Manager.BeginWalk(search.Requester);
        try
        {
            while (search.Manager.NextCandidate(cursor, ref context, maySleep ? ticket : null, out CandidateLock state, reportsLocked) is { } victim)
            {
                search.Rank++;
                if (state == CandidateLock.Busy || FailsToTake(victim, state, ref context))
                {
                    bool isNoNews = state != CandidateLock.Busy || context.IsOwn(victim.Reservation);
                    RaiseSkipped(victim, search, SkipReason.Locked, MmStatus.Busy, isNoNews);
                    continue;
                }

                if (state == CandidateLock.None)
                {
                    MmStatus locked = victim.Reservation.Lock(ticket, context.Interrupt);
                    maySleep = false;
                    if (locked != MmStatus.Ok)
                    {
                        context.NoteContended(victim.Reservation);
                        RaiseSkipped(victim, search, SkipReason.Locked, locked);
                        return locked == MmStatus.Interrupted ? locked : MmStatus.NoSpace;
                    }
                }

                bool isEvicted = EvictLocked(victim, state, ref search, ref context);
                search.HasProgress |= isEvicted;
                if (search.IsInterrupted)
                {
                    return MmStatus.Interrupted;
                }

                if (isEvicted && TakeSpace(
                    search.Manager, search.Requester, search.Place, context.NoWaitGpu, out search.Resource, out search.Limiting) == MmStatus.Ok)
                {
                    return MmStatus.Ok;
                }
            }
        }
        finally
        {
            search.Manager.EndWalk(cursor);
        }

        return MmStatus.NoSpace;
    }

    private bool EvictLocked(BufferObject victim, CandidateLock state, ref EvictionSearch search, ref OperationContext context)
    {
        try
        {
            return TryEvict(victim, ref search, ref context);
        }
        finally
        {
            if (state != CandidateLock.HeldByCaller)
            {
                victim.Reservation.Unlock();
            }
        }
    }

    // Lock: the victim's reservation. It may have moved, or been pinned, before the lock was ours.
    private bool TryEvict(BufferObject victim, ref EvictionSearch search, ref OperationContext context)
    {
        SkipReason reason = ReasonToSkip(victim, ref search);
        if (reason != SkipReason.None)
        {
            RaiseSkipped(victim, search, reason, MmStatus.Ok);
            return false;
        }

        if (victim.IsDeleted)
        {
            MmStatus reaped = Reap(victim, context);
            if (reaped != MmStatus.Ok)
            {
                search.IsInterrupted = reaped == MmStatus.Interrupted;
                RaiseSkipped(victim, search, SkipReason.StillUsed, reaped);
            }

            return reaped == MmStatus.Ok;
        }

        (MoveCause cause, ulong evictorId) = (context.Cause, context.EvictorId);
        (context.Cause, context.EvictorId) = (MoveCause.Eviction, search.Requester.Id);
        MmStatus status = Evict(victim, ref context);
        (context.Cause, context.EvictorId) = (cause, evictorId);
        if (status == MmStatus.Ok)
        {
            RaiseEvicted(victim, search);
        }
        else
        {
            // Whoever was signalled wants to leave, not to try the next one.
            search.IsInterrupted = status == MmStatus.Interrupted;
            RaiseSkipped(victim, search, SkipReason.CannotMove, status);
        }

        return status == MmStatus.Ok;
    }

    private SkipReason ReasonToSkip(BufferObject victim, ref EvictionSearch search)
    {
        if (victim.Resource is not { } held || !ReferenceEquals(held.Manager, search.Manager))
        {
            return SkipReason.Gone;
        }

        if (victim.IsBeingPlaced)
        {
            return SkipReason.Requester;
        }

        if (victim.IsDeleted)
        {
            // Nobody waits for one whose space would not help.
            return Driver.IsEvictionValuable(victim, search.Place) ? SkipReason.None : SkipReason.NotValuable;
        }

        if ((held.GroupIndex != 0 || search.Limiting is not null) &&
            !Groups.IsEvictable(search.Limiting, RivalOf(search), held.GroupIndex, held.Domain, search.IgnoresLow, ref search.HitsLow))
        {
            return search.Limiting is { } limiting && !MemoryGroups.IsInside(Groups.At(held.GroupIndex), limiting)
                ? SkipReason.OtherGroup
                : SkipReason.Protected;
        }

        return victim.PinCount > 0 ? SkipReason.Pinned
            : Policy.SparesHigherPriority && victim.Priority > search.Requester.Priority ? SkipReason.Policy
            : !Driver.IsEvictionValuable(victim, search.Place) ? SkipReason.NotValuable
            : SkipReason.None;
    }

    private ushort? RivalOf(in EvictionSearch search) => Options.ProtectedGroupsEvictFirst ? search.Requester.GroupIndex : null;

    private MmStatus Evict(BufferObject victim, ref OperationContext context)
    {
        Placement target = Driver.EvictionPlacement(victim);
        if (target.Places.IsEmpty)
        {
            return DropContents(victim, context);
        }

        MmStatus status = MmStatus.NoSpace;
        bool hasSpace = false;
        for (int pass = 0; pass < 2 && status == MmStatus.NoSpace && !hasSpace; pass++)
        {
            status = PlaceOnce(victim, target, force: pass == 1, isEviction: true, ref context, out hasSpace);
        }

        if (status == MmStatus.Ok)
        {
            victim.WasEvicted = true;
            Statistics.CountEviction(victim.SizeBytes);
        }

        return status;
    }

    // One search for room: for whom, where, what stands in the way, and what it found.
    private struct EvictionSearch(BufferObject requester, ResourceManager manager, Place place)
    {
        public readonly BufferObject Requester = requester;
        public readonly ResourceManager Manager = manager;
        public readonly Place Place = place;
        public MemoryGroup? Limiting; // Whose maximum is reached; null when the domain is full
        public bool IgnoresLow;
        public bool HitsLow; // Somebody was spared for a low mark
        public bool HasProgress; // Somebody was evicted
        public bool IsInterrupted; // A signal came: nobody else is tried
        public int Rank; // Candidates before this one
        public Resource? Resource;
    }
}
