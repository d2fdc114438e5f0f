using System;
using System.Collections.Generic;
using GpuMm.Eviction;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Joining and leaving the lists, alone or as part of a bulk move.</content>
public abstract partial class ResourceManager
{
    private int _walkCount; // Lock: _lock
    private PolicyRanks? _ranks; // Lock: _lock; null while the lists are the order

    /// <summary>The resources of one priority, oldest first: a copy, for tests and dumps.</summary>
    /// <param name="priority">0 to 3; 4 gives those that cannot be evicted.</param>
    internal List<Resource> OrderOf(int priority)
    {
        using RankedLock.Scope scope = EnterOrder();
        List<Resource> order = [];
        LruList list = priority == PriorityCount ? _unevictable : _lru[priority];
        for (LruNode? node = list.Head; node is not null; node = node.Next)
        {
            if (node is Resource resource)
            {
                order.Add(resource);
            }
        }

        return order;
    }

    /// <summary>Whose the resources are, those included that are still being made.</summary>
    internal void CollectOwners(List<BufferObject> owners)
    {
        using RankedLock.Scope scope = EnterOrder();
        foreach (Resource resource in AllLocked())
        {
            if (resource.Owner is { } owner)
            {
                owners.Add(owner);
            }
        }
    }

    /// <summary>Chooses the order. The manager must hold nothing yet.</summary>
    internal void SetPolicy(EvictionPolicy policy)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _ranks = policy.UsesManagerList ? null : new PolicyRanks(policy, (long)Math.Max(1, Pages.Count(SizeBytes)));
    }

    /// <summary>Forgets an object that ceases to exist.</summary>
    internal void ForgetRank(int slot)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _ranks?.Forget(slot);
    }

    /// <summary>Moves every run of a bulk move to the young end.</summary>
    internal void BumpRuns(BulkMove bulk)
    {
        using RankedLock.Scope scope = EnterOwn();
        for (int priority = 0; priority < PriorityCount; priority++)
        {
            ref BulkRun run = ref bulk.Run(Domain, priority);
            if (run.First is null)
            {
                continue;
            }

            if (_walkCount > 0)
            {
                PullCursors(_lru[priority], run);
            }

            TouchRun(run);
            _lru[priority].MoveRunToTail(run.First, run.Last!);
        }
    }

    /// <summary>Puts a resource's object into a bulk move, or takes it out. Lock: the object's reservation.</summary>
    internal void ChangeBulk(Resource resource, BulkMove? bulk)
    {
        using RankedLock.Scope scope = EnterOrder();
        Delist(resource);
        resource.Owner!.BulkMove = bulk;
        Enlist(resource);
    }

    /// <summary>Gives a resource another owner: the ghost that outlives its object's interest. Lock: both reservations.</summary>
    internal void Rehome(Resource resource, BufferObject owner)
    {
        using RankedLock.Scope scope = EnterOrder();
        Delist(resource);
        resource.Owner = owner;
        Enlist(resource);
    }

    // A walk that stands inside the run goes on behind the place where the run was, or it would meet the run again.
    private static void PullCursors(LruList list, in BulkRun run)
    {
        LruNode? node = run.First;
        while (!ReferenceEquals(node, run.Last))
        {
            LruNode next = node!.Next!;
            if (node is LruCursor)
            {
                list.Remove(node);
                list.Insert(node, run.Last);
            }

            node = next;
        }
    }

    private bool IsInRun(Resource resource) =>
        resource.Owner is { BulkMove: not null } &&
        !ReferenceEquals(resource.List, _unevictable) && !ReferenceEquals(resource.List, _leaving);

    // A ranking has no runs: each member is touched.
    private void TouchRun(in BulkRun run)
    {
        if (_ranks is null)
        {
            return;
        }

        for (LruNode? node = run.First; node is not null; node = ReferenceEquals(node, run.Last) ? null : node.Next)
        {
            if (node is Resource member)
            {
                _ranks.Touch(member);
            }
        }
    }

    private void Enlist(Resource resource)
    {
        Link(resource);
        CountChange();
        if (_ranks is not null && !ReferenceEquals(resource.List, _unevictable))
        {
            _ranks.Enter(resource);
        }
    }

    private void Delist(Resource resource)
    {
        if (resource.IsRanked)
        {
            _ranks!.Leave(resource);
        }

        Unlink(resource);
    }

    private void Link(Resource resource)
    {
        BufferObject owner = resource.Owner!;
        LruList list = ListOf(owner);
        if (owner.BulkMove is not { } bulk || ReferenceEquals(list, _unevictable))
        {
            list.AddTail(resource);
            return;
        }

        bulk.Domains |= 1u << (int)Domain;
        ref BulkRun run = ref bulk.Run(Domain, owner.Priority);
        list.Insert(resource, run.Last ?? list.Tail);
        run.First ??= resource;
        run.Last = resource;
    }

    private void Unlink(Resource resource)
    {
        if (IsInRun(resource))
        {
            ref BulkRun run = ref resource.Owner!.BulkMove!.Run(Domain, resource.Owner.Priority);
            if (ReferenceEquals(run.First, run.Last))
            {
                run = default;
            }
            else if (ReferenceEquals(run.First, resource))
            {
                run.First = Neighbour(resource, forward: true);
            }
            else if (ReferenceEquals(run.Last, resource))
            {
                run.Last = Neighbour(resource, forward: false);
            }
        }

        resource.List!.Remove(resource);
    }

    private static Resource Neighbour(Resource resource, bool forward)
    {
        LruNode node = resource;
        do
        {
            node = (forward ? node.Next : node.Previous)!;
        }
        while (node is not Resource);
        return (Resource)node;
    }

    // Lock: _lock. Members of one run are neighbours, and the ends are where the run says.
    private void ValidateRuns(List<string> problems)
    {
        for (int priority = 0; priority < PriorityCount; priority++)
        {
            BulkMove? open = null;
            for (LruNode? node = _lru[priority].Head; node is not null; node = node.Next)
            {
                if (node is not Resource { Owner: { } owner } resource)
                {
                    continue;
                }

                BulkMove? bulk = owner.BulkMove;
                if (bulk is not null && !ReferenceEquals(bulk, open) && !ReferenceEquals(bulk.Run(Domain, priority).First, resource))
                {
                    problems.Add($"{Domain}: '{owner.Name}' stands outside the run of its bulk move.");
                }

                open = bulk is not null && ReferenceEquals(bulk.Run(Domain, priority).Last, resource) ? null : bulk;
            }
        }
    }
}
