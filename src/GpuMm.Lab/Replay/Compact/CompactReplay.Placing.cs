using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <content>Bringing an object to where a job wants it, and making room for it.</content>
internal sealed partial class CompactReplay<TPolicy>
    where TPolicy : struct, ICompactRanking
{
    private MmStatus ValidateForUse(int number)
    {
        ref CompactObject target = ref _objects[number];
        if (target.Domain == MemoryDomain.Vram)
        {
            target.Flags &= ~CompactFlags.WasEvicted;
            return MmStatus.Ok;
        }

        bool staysWhereItFell = _policy.Return is ReturnRule.StayWhereFallen or ReturnRule.ProtectedBack &&
            target.Is(CompactFlags.WasEvicted);
        MmStatus status = staysWhereItFell ? ValidateGently(number, ref target) : Place(number, ref target, MemoryDomain.Vram, force: true);
        if (status == MmStatus.NoSpace)
        {
            status = MmStatus.OutOfMemory;
        }

        return status == MmStatus.OutOfMemory ? ValidateAllowed(number, ref target) : status;
    }

    // Video memory while it has room, else the aperture.
    private MmStatus ValidateGently(int number, ref CompactObject target)
    {
        MmStatus status = Place(number, ref target, MemoryDomain.Vram, force: false);
        return status != MmStatus.NoSpace ? status
            : target.Domain == MemoryDomain.Gtt ? MmStatus.Ok
            : Place(number, ref target, MemoryDomain.Gtt, force: true);
    }

    // Video memory, then whoever makes way for it, then the aperture.
    private MmStatus ValidateAllowed(int number, ref CompactObject target)
    {
        MmStatus status = Place(number, ref target, MemoryDomain.Vram, force: false);
        if (status != MmStatus.NoSpace)
        {
            return status;
        }

        if (target.Domain == MemoryDomain.Gtt)
        {
            return MmStatus.Ok;
        }

        status = Place(number, ref target, MemoryDomain.Vram, force: true);
        status = status == MmStatus.NoSpace ? Place(number, ref target, MemoryDomain.Gtt, force: true) : status;
        return status == MmStatus.NoSpace ? MmStatus.OutOfMemory : status;
    }

    // Space, and the move into it; NoSpace when there is no space.
    private MmStatus Place(int number, ref CompactObject target, MemoryDomain domain, bool force)
    {
        CompactFlags counted = target.Flags & CompactFlags.Counted;
        if (!Allocate(number, ref target, domain, force, out uint space))
        {
            return MmStatus.NoSpace;
        }

        if (MoveByHops(number, ref target, domain, space, isEviction: false))
        {
            return MmStatus.Ok;
        }

        // Only on the way to video memory is there a stop, which may have no room.
        target.Flags = (target.Flags & ~CompactFlags.Counted) | counted;
        _vramOrder.Leave(number);
        GiveVram(space, target.SizeBytes);
        return MmStatus.OutOfMemory;
    }

    private bool Allocate(int number, ref CompactObject target, MemoryDomain domain, bool force, out uint space)
    {
        space = 0;
        return domain switch
        {
            MemoryDomain.Vram => TakeVram(number, ref target, 0, out space) ||
                (force && target.SizeBytes <= _options.VramBytes && MakeRoom(number, ref target, domain, ref space)),
            MemoryDomain.Gtt => TakeGtt(number, ref target) ||
                (ReapPostponed() > 0 && TakeGtt(number, ref target)) ||
                (force && target.SizeBytes <= _options.ApertureBytes && MakeRoom(number, ref target, domain, ref space)),
            _ => true,
        };
    }

    private bool MakeRoom(int number, ref CompactObject target, MemoryDomain domain, ref uint space)
    {
        bool isVram = domain == MemoryDomain.Vram;
        if (ReapPostponed() > 0 && !isVram && TakeGtt(number, ref target))
        {
            return true;
        }

        if (!isVram && !_keepsGttOrder)
        {
            KeepGttOrder();
        }

        CompactOrder<TPolicy> order = isVram ? _vramOrder : _gttOrder;
        bool isFound = Walk(order, number, ref target, domain, ref space, out bool hasProgress);

        // The device walks once more for who has a ticket, as long as somebody makes way.
        hasProgress = target.Is(CompactFlags.Held);
        while (!isFound && hasProgress)
        {
            isFound = Walk(order, number, ref target, domain, ref space, out hasProgress);
        }

        while (!isFound && !isVram && _postponed.TryOldest(out uint fence))
        {
            WaitFence(fence);
            ReapPostponed();
            isFound = TakeGtt(number, ref target);
        }

        return isFound;
    }

    private bool Walk(CompactOrder<TPolicy> order, int number, ref CompactObject target, MemoryDomain domain, ref uint space, out bool hasProgress)
    {
        hasProgress = false;
        bool isFound = false;
        order.Begin(number, target.SizeBytes);
        for (int victim; !isFound && (victim = order.Next(number, target.SizeBytes)) >= 0;)
        {
            ref CompactObject candidate = ref _objects[victim];
            if (candidate.Is(CompactFlags.Held) || !TryEvict(order, victim, ref candidate))
            {
                order.PutAside(victim);
                continue;
            }

            hasProgress = true;
            if (TPolicy.IsList && domain == MemoryDomain.Vram)
            {
                FetchNextVictim();
            }

            isFound = domain == MemoryDomain.Vram ? TakeVram(number, ref target, 0, out space) : TakeGtt(number, ref target);
        }

        order.End();
        return isFound;
    }

    // What the CPU sees and does not need makes way inside video memory first, as long as nobody else must go for it.
    private bool TryEvict(CompactOrder<TPolicy> order, int victim, ref CompactObject candidate)
    {
        MemoryDomain domain = MemoryDomain.System;
        uint space = 0;
        if (candidate.Domain == MemoryDomain.Vram)
        {
            if (IsInSight(candidate) && TakeUnseen(victim, ref candidate, out space))
            {
                domain = MemoryDomain.Vram;
            }
            else if (TakeGtt(victim, ref candidate) || (ReapPostponed() > 0 && TakeGtt(victim, ref candidate)))
            {
                domain = MemoryDomain.Gtt;
            }
        }

        if (!MoveByHops(victim, ref candidate, domain, space, isEviction: true))
        {
            return false;
        }

        if (domain == MemoryDomain.Vram)
        {
            order.MovedInside(victim, candidate.SizeBytes);
        }

        candidate.Flags |= CompactFlags.WasEvicted;
        _evictions++;
        return true;
    }
}
