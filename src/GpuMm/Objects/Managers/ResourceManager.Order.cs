using System.Collections.Generic;
using System.Diagnostics;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>The eviction order and the walk over it.</content>
public abstract partial class ResourceManager
{
    private readonly LruList[] _lru = new LruList[PriorityCount]; // Lock: _lock
    private readonly LruList _unevictable; // Lock: _lock
    private readonly LruList _leaving; // Lock: _lock; given up, but a copy out of it still runs
    private LruCursor? _freeCursors; // Lock: _lock

    /// <summary>Objects that hold space here, pinned ones included.</summary>
    public int ResourceCount
    {
        get
        {
            using RankedLock.Scope scope = EnterOrder();
            int count = 0;
            foreach (Resource resource in AllLocked())
            {
                count += resource.Owner is null ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Makes an object the youngest of its priority. Lock: its reservation.</summary>
    internal void Bump(Resource resource)
    {
        // A ranking counts uses, so it hears of each at once; lists only care who was last.
        if (_ranks is null && resource.Owner!.BulkMove is null &&
            Kept.Own.TryNote(resource))
        {
            return;
        }

        using RankedLock.Scope scope = EnterOwn();
        BumpLocked(resource);
    }

    /// <summary>Puts one bump into effect. Lock: the manager's.</summary>
    internal void BumpLocked(Resource resource)
    {
        // A note may outlive what it is about: then it bumps nobody, or whoever has the resource now.
        if (resource.Owner is not { } owner || ListOf(owner) is not { } list || !ReferenceEquals(resource.List, list))
        {
            return;
        }

        _ranks?.Touch(resource);
        if (owner.BulkMove is null)
        {
            list.MoveToTail(resource);
        }
        else
        {
            Unlink(resource);
            Link(resource);
        }
    }

    // The manager's lock, for who puts something at the young end or takes it out.
    private RankedLock.Scope EnterEnds()
    {
        RankedLock.Scope scope = EnterOwn();
        OpenPart();
        return scope;
    }

    // The manager's lock, for who changes the young end: what this thread bumped before is older than that. Notes of others have no
    // order to it, so they wait for who looks, and threads do not meet at them.
    private RankedLock.Scope EnterOwn()
    {
        RankedLock.Scope scope = _lock.Enter();
        BumpBuffer own = Kept.Own;
        if (own.HasNotes)
        {
            own.Drain();
        }

        return scope;
    }

    // The manager's lock, with every bump noted so far in effect and no space kept apart: the order is what it seems.
    private RankedLock.Scope EnterOrder()
    {
        RankedLock.Scope scope = _lock.Enter();
        Kept.Close(_lock.Meetings);
        foreach (BumpBuffer buffer in Kept.All)
        {
            if (buffer.HasNotes)
            {
                buffer.Drain();
            }
        }

        return scope;
    }

    /// <summary>Puts a resource on the list where it belongs after a pin, an unpin or a change of priority.</summary>
    internal void Relist(Resource resource)
    {
        using RankedLock.Scope scope = EnterEnds();
        Delist(resource);
        Enlist(resource);
    }

    /// <summary>Takes a resource out of the order: its object has moved on, and only a copy out of it still runs.</summary>
    internal void Leave(Resource resource)
    {
        using RankedLock.Scope scope = EnterOrder();
        Delist(resource);
        resource.LeaveOwner();
        _leaving.AddTail(resource);
    }

    /// <summary>Begins a walk in eviction order.</summary>
    /// <param name="requester">Who wants the room; null for nobody in particular.</param>
    internal LruCursor BeginWalk(BufferObject? requester = null)
    {
        using RankedLock.Scope scope = EnterOrder();
        LruCursor cursor = _freeCursors ?? new LruCursor();
        _freeCursors = cursor.NextFree;
        cursor.NextFree = null;
        cursor.Priority = 0;
        if (_ranks is not null)
        {
            _ranks.Begin(cursor, requester);
            return cursor;
        }

        _walkCount++;
        _lru[0].Insert(cursor, after: null);
        return cursor;
    }

    internal void EndWalk(LruCursor cursor)
    {
        using RankedLock.Scope scope = EnterOrder();
        if (_ranks is not null)
        {
            _ranks.End(cursor);
        }
        else
        {
            cursor.List?.Remove(cursor);
            _walkCount--;
        }

        cursor.NextFree = _freeCursors;
        _freeCursors = cursor;
    }

    /// <summary>
    /// Steps to the next object in eviction order and try-locks it. Objects that somebody holds are skipped; with a
    /// ticket they are handed out unlocked, but for those that the ticket itself holds, which are in use.
    /// </summary>
    /// <returns>Null at the end of the walk. With <paramref name="reportsBusy"/> also those that are skipped.</returns>
    /// <remarks>The context learns whose lock stood in the way.</remarks>
    internal BufferObject? NextCandidate(
        LruCursor cursor,
        ref OperationContext context,
        ReservationTicket? contendedFor,
        out CandidateLock lockState,
        bool reportsBusy = false)
    {
        using RankedLock.Scope scope = EnterOrder();
        while (true)
        {
            Resource? resource = _ranks is null ? NextOnLists(cursor) : _ranks.Next(cursor);
            if (resource?.Owner is not { } owner)
            {
                lockState = CandidateLock.None;
                return null;
            }

            if (context.AllowReservedEviction && ReferenceEquals(owner.Reservation, context.HeldReservation))
            {
                lockState = CandidateLock.HeldByCaller;
                return owner;
            }

            if (owner.Reservation.TryLock())
            {
                lockState = CandidateLock.Locked;
                return owner;
            }

            if (contendedFor is not null && !owner.Reservation.IsHeldBy(contendedFor))
            {
                lockState = CandidateLock.None;
                return owner;
            }

            context.NoteContended(owner.Reservation);
            if (reportsBusy)
            {
                lockState = CandidateLock.Busy;
                return owner;
            }
        }
    }

    /// <summary>
    /// Notes who moves in and cannot be evicted yet, as objects that come from the swap store: a walk does not meet them, and
    /// they can make way as soon as they are here. What is pinned stays for as long as its owner likes, and is not noted.
    /// </summary>
    /// <remarks>Cost: O(what cannot be evicted); for searches that found no room.</remarks>
    internal void NoteArrivals(ref OperationContext context)
    {
        using RankedLock.Scope scope = EnterOrder();
        for (LruNode? node = _unevictable.Head; node is not null; node = node.Next)
        {
            if (node is Resource { Owner: { } owner, IsPinnedHere: false })
            {
                context.NoteContended(owner.Reservation);
            }
        }
    }

    // Null when all lists are done.
    private Resource? NextOnLists(LruCursor cursor)
    {
        while (true)
        {
            LruNode? node = cursor.Next;
            LruList list = cursor.List!;
            list.Remove(cursor);
            if (node is null)
            {
                if (++cursor.Priority == PriorityCount)
                {
                    return null;
                }

                _lru[cursor.Priority].Insert(cursor, after: null);
                continue;
            }

            list.Insert(cursor, node);
            if (node is Resource { Owner: not null } resource)
            {
                PrefetchBehind(cursor);
                return resource; // Anything else is another walk's cursor.
            }
        }
    }

    // Victims follow each other in this order, and the oldest are in no cache: each step fetches a little of the next four. What
    // it reads of one was fetched by the step before.
    private static void PrefetchBehind(LruCursor cursor)
    {
        if (cursor.Next is not Resource first)
        {
            return;
        }

        first.Owner?.Reservation.PrefetchFences();
        if (first.Next is not Resource second)
        {
            return;
        }

        Prefetch.Object(second.Owner?.Reservation);
        Prefetch.Object(second.Owner?.Pages);
        if (second.Next is Resource third)
        {
            Prefetch.Object(third.Owner);
            Prefetch.Object(third.Next);
        }
    }

    /// <summary>Checks lists, sums and space.</summary>
    /// <param name="problems">Receives one sentence per violation.</param>
    internal void ValidateInto(List<string> problems)
    {
        using RankedLock.Scope scope = EnterOrder();
        ulong sum = 0;
        ulong visible = 0;
        List<ByteRange> ranges = [];
        foreach (Resource resource in AllLocked())
        {
            sum += resource.SizeBytes;
            visible += CpuVisibleBytes < SizeBytes ? VisiblePartOf(resource) : 0;
            for (int i = 0; i < resource.RangeCount; i++)
            {
                ranges.Add(resource.RangeAt(i));
            }

            if (resource.Owner is { } owner)
            {
                ValidateOwned(resource, owner, problems);
            }
            else if (!ReferenceEquals(resource.List, _leaving))
            {
                problems.Add($"{Domain}: a resource without an owner is in the eviction order.");
            }
        }

        ValidateRuns(problems);
        if (sum != _usedBytes)
        {
            problems.Add($"{Domain}: {_usedBytes} bytes are said to be used, the resources hold {sum}.");
        }

        if (visible != _visibleUsedBytes)
        {
            problems.Add($"{Domain}: {_visibleUsedBytes} bytes that the CPU sees are said to be used, the resources hold {visible}.");
        }

        ranges.Sort(static (a, b) => a.StartBytes.CompareTo(b.StartBytes));
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Overlaps(ranges[i - 1]))
            {
                problems.Add($"{Domain}: {ranges[i]} is owned twice.");
            }
        }

        if (ValidateSpace() is { } problem)
        {
            problems.Add($"{Domain}: {problem}");
        }
    }

    /// <summary>Adds up what is charged to each group.</summary>
    internal void AddCharged(Dictionary<(int Group, int Domain), ulong> into)
    {
        using RankedLock.Scope scope = EnterOrder();
        foreach (Resource resource in AllLocked())
        {
            if (resource.GroupIndex != 0)
            {
                (int Group, int Domain) key = (resource.GroupIndex, (int)Domain);
                into[key] = into.GetValueOrDefault(key) + resource.SizeBytes;
            }
        }
    }

    private void ValidateOwned(Resource resource, BufferObject owner, List<string> problems)
    {
        // Whoever holds the reservation may be half-way through moving in or pinning.
        if (owner.Reservation.TryLock())
        {
            if (!ReferenceEquals(owner.Resource, resource))
            {
                problems.Add($"{Domain}: '{owner.Name}' does not hold a resource that was given out to it.");
            }
            else if (!ReferenceEquals(resource.List, ListOf(owner)))
            {
                problems.Add($"{Domain}: '{owner.Name}' is on the wrong list (pin count {owner.PinCount}, priority {owner.Priority}).");
            }

            owner.Reservation.Unlock();
        }

        if (resource.RangeCount != 0 && resource.Ranges.SizeBytes != resource.SizeBytes)
        {
            problems.Add($"{Domain}: '{owner.Name}' owns {resource.Ranges.SizeBytes} bytes of space, not {resource.SizeBytes}.");
        }
    }

    private IEnumerable<Resource> AllLocked()
    {
        for (int i = 0; i < PriorityCount + 2; i++)
        {
            LruList list = i < PriorityCount ? _lru[i] : i == PriorityCount ? _unevictable : _leaving;
            for (LruNode? node = list.Head; node is not null; node = node.Next)
            {
                if (node is Resource resource && ReferenceEquals(resource.List, list))
                {
                    yield return resource;
                }
            }
        }
    }

    private LruList ListOf(BufferObject owner)
    {
        Debug.Assert((uint)owner.Priority < PriorityCount, "There are four priorities.");
        return owner.PinCount > 0 || owner.IsSwapped ? _unevictable : _lru[owner.Priority];
    }
}
