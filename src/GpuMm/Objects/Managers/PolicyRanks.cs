using System;
using System.Collections.Generic;
using System.Diagnostics;
using GpuMm.Eviction;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>The rankings of one manager, one per priority, and the walks over them.</summary>
/// <remarks>
/// A walk takes candidates out of the ranking one by one. Whoever was vetoed stays aside until the walk ends and then goes
/// back to where it was, the last one first. Another walk meanwhile is offered what lies aside as well, after all others,
/// so nobody is told that there is nothing to evict because somebody else is looking. Lock: the manager's.
/// </remarks>
/// <param name="policy">The policy.</param>
/// <param name="capacityPages">Size of the manager, pages: the unit of its rankings.</param>
internal sealed class PolicyRanks(EvictionPolicy policy, long capacityPages)
{
    private readonly IEvictionPolicy?[] _rankings = new IEvictionPolicy?[ResourceManager.PriorityCount];
    private Resource?[] _resources = new Resource?[64]; // by slot; null when it holds nothing here
    private LruCursor?[] _asideOf = new LruCursor?[64]; // by slot; the walk that has it aside
    private ulong[] _lastWalk = new ulong[64]; // by slot; number of the walk that was offered it last, while it lay aside
    private readonly Dictionary<int, Resource> _standIns = []; // by slot; where an object goes that moves inside the domain
    private LruCursor? _firstWalk;
    private ulong _walkNumber;

    /// <summary>Puts a resource into the ranking of its object's priority.</summary>
    public void Enter(Resource resource)
    {
        BufferObject owner = resource.Owner!;
        if (owner.PolicySlot < 0)
        {
            owner.PolicySlot = owner.Device.PolicySlots.Take();
        }

        int slot = owner.PolicySlot;
        Reserve(slot);
        resource.IsRanked = true;
        resource.IsUsedAside = false;
        resource.LastUse = owner.Reservation.HoldNumber;
        if (_resources[slot] is not null)
        {
            // It moves inside the domain: until the old place is given up it has two, and one rank.
            _standIns.Add(slot, resource);
            return;
        }

        IEvictionPolicy ranking = RankingOf(owner.Priority);
        _resources[slot] = resource;
        uint pages = SizeOf(owner);
        ranking.Miss(slot, pages);
        ranking.Insert(slot, pages);
    }

    /// <summary>Takes a resource out: as evicted when a walk chose it, else without a trace.</summary>
    public void Leave(Resource resource)
    {
        BufferObject owner = resource.Owner!;
        int slot = owner.PolicySlot;
        resource.IsRanked = false;
        if (_standIns.Remove(slot, out Resource? standIn))
        {
            // The object stays, in its new place or after all in its old one; so does its rank.
            Resource kept = ReferenceEquals(standIn, resource) ? _resources[slot]! : standIn;
            kept.IsUsedAside |= resource.IsUsedAside;
            _resources[slot] = kept;
            return;
        }

        _resources[slot] = null;
        if (_asideOf[slot] is null)
        {
            RankingOf(owner.Priority).Remove(slot);
            return;
        }

        _asideOf[slot] = null;
        RankingOf(owner.Priority).Evict(slot);
    }

    /// <summary>Counts a use: one for each time that the reservation is held, however often it is told.</summary>
    public void Touch(Resource resource)
    {
        BufferObject owner = resource.Owner!;
        uint hold = owner.Reservation.HoldNumber;
        if (!resource.IsRanked || resource.LastUse == hold)
        {
            return;
        }

        resource.LastUse = hold;
        if (_asideOf[owner.PolicySlot] is null)
        {
            RankingOf(owner.Priority).Hit(owner.PolicySlot);
        }
        else
        {
            resource.IsUsedAside = true;
        }
    }

    /// <summary>Forgets an object that ceases to exist.</summary>
    public void Forget(int slot)
    {
        Debug.Assert(slot >= _resources.Length || _resources[slot] is null, "It has given its space back.");
        if (slot < _resources.Length)
        {
            foreach (IEvictionPolicy? ranking in _rankings)
            {
                ranking?.Remove(slot);
            }
        }
    }

    /// <summary>Begins a walk.</summary>
    /// <param name="walk">Its cursor; on no list.</param>
    /// <param name="requester">Who wants the room; null for nobody in particular.</param>
    public void Begin(LruCursor walk, BufferObject? requester)
    {
        walk.Number = ++_walkNumber;
        walk.Requester = requester;
        walk.AsideCount = 0;
        walk.AsideOffers = 0;
        walk.NextWalk = _firstWalk;
        _firstWalk = walk;
        if (requester is not { PolicySlot: >= 0 })
        {
            return;
        }

        Reserve(requester.PolicySlot); // Its number may be of another domain, and larger than any that was here.
        if (_resources[requester.PolicySlot] is null)
        {
            RankingOf(requester.Priority).Miss(requester.PolicySlot, SizeOf(requester));
        }
    }

    /// <summary>The next candidate; null at the end of the walk.</summary>
    public Resource? Next(LruCursor walk)
    {
        while (walk.Priority < ResourceManager.PriorityCount)
        {
            if (_rankings[walk.Priority] is { } ranking)
            {
                bool isOwn = walk.Requester is { } requester && requester.Priority == walk.Priority;
                int slot = isOwn
                    ? ranking.SelectVictim(walk.Requester!.PolicySlot, SizeOf(walk.Requester))
                    : ranking.SelectVictim(-1, 1);
                if (slot >= 0)
                {
                    walk.PutAside(slot);
                    _asideOf[slot] = walk;
                    return _resources[slot];
                }
            }

            walk.Priority++;
        }

        return NextAside(walk);
    }

    /// <summary>Ends a walk: what it was offered and did not take goes back.</summary>
    public void End(LruCursor walk)
    {
        for (int i = walk.AsideCount - 1; i >= 0; i--)
        {
            int slot = walk.Aside[i];
            if (!ReferenceEquals(_asideOf[slot], walk))
            {
                continue;
            }

            _asideOf[slot] = null;
            Resource resource = _resources[slot]!;
            IEvictionPolicy ranking = RankingOf(resource.Owner!.Priority);
            ranking.Restore(slot);
            if (resource.IsUsedAside)
            {
                resource.IsUsedAside = false;
                ranking.Hit(slot);
            }
        }

        ref LruCursor? link = ref _firstWalk;
        while (!ReferenceEquals(link, walk))
        {
            link = ref link!.NextWalkLink;
        }

        link = walk.NextWalk;
        walk.NextWalk = null;
        walk.Requester = null;
    }

    // Every ranking has room for every slot: an object that ceases to exist is forgotten by all of them.
    private void Reserve(int slot)
    {
        if (slot < _resources.Length)
        {
            return;
        }

        int length = Math.Max(slot + 1, 2 * _resources.Length);
        Array.Resize(ref _resources, length);
        Array.Resize(ref _asideOf, length);
        Array.Resize(ref _lastWalk, length);
        foreach (IEvictionPolicy? ranking in _rankings)
        {
            ranking?.Reserve(length);
        }
    }

    private static uint SizeOf(BufferObject target) => (uint)Math.Min(Pages.Count(target.SizeBytes), uint.MaxValue);

    // What others have aside. Offered once per walk; two walks that overwrite each other's notes end at the limit.
    private Resource? NextAside(LruCursor walk)
    {
        for (LruCursor? other = _firstWalk; other is not null && walk.AsideOffers < LruCursor.MaxAsideOffers; other = other.NextWalk)
        {
            for (int i = 0; i < other.AsideCount && !ReferenceEquals(other, walk); i++)
            {
                int slot = other.Aside[i];
                if (ReferenceEquals(_asideOf[slot], other) && _lastWalk[slot] != walk.Number)
                {
                    _lastWalk[slot] = walk.Number;
                    walk.AsideOffers++;
                    return _resources[slot];
                }
            }
        }

        return null;
    }

    private IEvictionPolicy RankingOf(int priority)
    {
        if (_rankings[priority] is { } ranking)
        {
            return ranking;
        }

        ranking = policy.CreateRanking();
        ranking.Reserve(_resources.Length);
        ranking.Start(capacityPages, mayRefuse: false);
        return _rankings[priority] = ranking;
    }
}
