using GpuMm.Diagnostics;

namespace GpuMm.Objects;

/// <content>Making room ahead of need.</content>
public sealed partial class GpuDevice
{
    /// <summary>Evicts objects from a domain in the policy's order, as if somebody of the highest priority needed the room.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="sizeBytes">Bytes wanted; the last object may bring more.</param>
    /// <param name="context">How to go about it.</param>
    /// <returns>Bytes that were given up; fewer when nothing else may go. Copies out of them may still run.</returns>
    /// <remarks>
    /// Lock: none may be held. Reservations are tried, never waited for; limits and pins hold as for an allocation. Cost:
    /// one walk over the order. Source: kswapd, for the idea.
    /// </remarks>
    public ulong EvictAhead(MemoryDomain domain, ulong sizeBytes, ref OperationContext context)
    {
        RequestCode request = IsObserved ? RequestOf(context, target: null) : default;
        ulong startNs = BeginRequest();
        ulong freedBytes = EvictSome(Manager(domain), sizeBytes, ref context);
        if (IsObserved)
        {
            DeviceEvent ended = new()
            {
                Kind = DeviceEventKind.EvictAheadEnded,
                To = domain,
                SizeBytes = sizeBytes,
                Detail = freedBytes,
                Count = request.Packed,
            };
            RaiseRequest(ended, target: null, startNs);
        }

        return freedBytes;
    }

    private ulong EvictSome(ResourceManager manager, ulong sizeBytes, ref OperationContext context)
    {
        BufferObjectDescription description = new(sizeBytes, "ahead of need", BufferObjectKind.Kernel, Priority: ResourceManager.PriorityCount - 1);
        BufferObject nobody = new(this, 0, sizeBytes, description, default);
        EvictionSearch search = new(nobody, manager, new Place(manager.Domain)) { Rank = -1 };
        ulong freedBytes = 0;
        LruCursor cursor = manager.BeginWalk(nobody);
        try
        {
            while (freedBytes < sizeBytes && !search.IsInterrupted && manager.NextCandidate(cursor, ref context, null, out CandidateLock state, IsObserved) is { } victim)
            {
                search.Rank++;
                if (FailsToTake(victim, state, ref context))
                {
                    continue;
                }

                if (state == CandidateLock.Busy)
                {
                    RaiseLocked(victim, requester: null, context);
                    continue;
                }

                ulong victimBytes = victim.SizeBytes;
                freedBytes += EvictLocked(victim, state, ref search, ref context) ? victimBytes : 0;
            }
        }
        finally
        {
            manager.EndWalk(cursor);
        }

        return freedBytes;
    }
}
