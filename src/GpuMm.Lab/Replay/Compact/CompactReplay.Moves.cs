using System;
using System.Collections.Generic;
using System.Diagnostics;
using GpuMm.Backing;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay.Compact;

/// <content>Space, and moves into it.</content>
internal sealed partial class CompactReplay<TPolicy>
    where TPolicy : struct, ICompactRanking
{
    private bool TakeVram(int number, ref CompactObject target, ulong startBytes, out uint space)
    {
        if (!_space.TryTake(target.SizeBytes, startBytes, out space))
        {
            return false;
        }

        _vramUsedBytes += target.SizeBytes;
        _vramPeakBytes = Math.Max(_vramPeakBytes, _vramUsedBytes);
        if (startBytes == 0)
        {
            _vramOrder.Enter(number, target.SizeBytes);
        }

        NoteEntered(ref target);

        // Copies out of the space may still run: whoever takes it inherits them.
        foreach (uint word in _evictionFences)
        {
            if (!_timelines.IsSignaled(word))
            {
                _fences.AddMove(number, ref target, word);
            }
        }

        return true;
    }

    private bool TakeUnseen(int victim, ref CompactObject candidate, out uint space) =>
        TakeVram(victim, ref candidate, _visibleBytes, out space);

    private bool TakeGtt(int number, ref CompactObject target)
    {
        if (target.SizeBytes > _options.ApertureBytes - _gttUsedBytes)
        {
            return false;
        }

        _gttUsedBytes += target.SizeBytes;
        if (_keepsGttOrder)
        {
            _gttOrder.Enter(number, target.SizeBytes);
        }
        else
        {
            target.Age = NextAge();
        }

        NoteEntered(ref target);
        return true;
    }

    private static void NoteEntered(ref CompactObject target) =>
        target.Flags = target.Is(CompactFlags.Held) ? target.Flags | CompactFlags.Counted : target.Flags & ~CompactFlags.Counted;

    private void GiveVram(uint space, ulong sizeBytes)
    {
        _space.Give(space);
        _vramUsedBytes -= sizeBytes;
    }

    private bool IsInSight(in CompactObject target) =>
        _visibleBytes != _options.VramBytes && _visibleBytes != 0 && _space.EndsBy(target.Space, _visibleBytes);

    // Between system RAM and video memory bytes go through the aperture. False when that has no room.
    private bool MoveByHops(int number, ref CompactObject target, MemoryDomain to, uint space, bool isEviction)
    {
        bool crosses = (target.Domain, to) is (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram);
        if (crosses && (target.Domain == MemoryDomain.Vram || target.Is(CompactFlags.HasPages)))
        {
            _fences.Reserve(number, ref target);
            if (!Allocate(number, ref target, MemoryDomain.Gtt, force: false, out _) &&
                !Allocate(number, ref target, MemoryDomain.Gtt, force: true, out _))
            {
                return false;
            }

            MoveOnce(number, ref target, MemoryDomain.Gtt, 0, isEviction);
            isEviction = false;
        }

        MoveOnce(number, ref target, to, space, isEviction);
        return true;
    }

    private void MoveOnce(int number, ref CompactObject target, MemoryDomain to, uint space, bool isOffered)
    {
        MemoryDomain from = target.Domain;
        bool isToCard = to == MemoryDomain.Vram;
        bool isFromCard = from == MemoryDomain.Vram;
        bool carries = isFromCard || (isToCard && target.Is(CompactFlags.HasPages));
        if (!isToCard && (to != MemoryDomain.System || isFromCard))
        {
            Populate(ref target);
        }

        _fences.Reserve(number, ref target);
        uint fence = Work(number, ref target, isFromCard, isToCard, carries);
        _fences.AddMove(number, ref target, fence);
        uint oldSpace = target.Space;
        target.Domain = to;
        target.Space = space;
        CountMove(from, to, carries ? target.SizeBytes : 0);
        if (isFromCard)
        {
            LeaveCard(number, target.SizeBytes, oldSpace, fence, isToCard, isOffered);
        }
        else
        {
            LeavePages(number, ref target, from, fence, isToCard, isOffered);
        }
    }

    // The copy, or the clearing, or only the end of what still uses it.
    private uint Work(int number, ref CompactObject target, bool isFromCard, bool isToCard, bool carries)
    {
        int pending = _fences.Pending(number, ref target, out CompactWaits waits, out uint single);
        if (!carries && !isToCard)
        {
            return pending < 2 ? single : Queue(CompactMachine.Joiner, 0, 0, LinkDirection.ToDevice, waits);
        }

        if (isToCard && (isFromCard || !carries))
        {
            _bytesBefore = target.SizeBytes;
            return Queue(CompactMachine.Copy, _profile.Vram.DurationNs(target.SizeBytes), 0, LinkDirection.ToDevice, waits);
        }

        LinkTime time = LinkTimeOf(target.PageCount);

        LinkDirection direction = isToCard ? LinkDirection.ToDevice : LinkDirection.ToHost;
        long coldNs = _profile.Link.Cold.NsBehind(_bytesBefore);
        _bytesBefore = target.SizeBytes;
        return Queue(_machine.CopyEngine(direction), time.OverheadNs + coldNs, time.StreamNs, direction, waits);
    }

    private void PrefetchLinkTime(uint pageCount) => MemoryHint.Prefetch(ref _linkTimes[(int)(pageCount & (LinkTimeCount - 1))]);

    private LinkTime LinkTimeOf(uint pageCount)
    {
        ref LinkTime known = ref _linkTimes[(int)(pageCount & (LinkTimeCount - 1))];
        if (known.PageCount == pageCount)
        {
            return known;
        }

        long overheadNs = _profile.Link.OverheadNs(Pages.Bytes(pageCount));
        if (overheadNs > uint.MaxValue)
        {
            throw new CompactLimitException("a transfer takes too long to begin");
        }

        known = new LinkTime(pageCount, (uint)overheadNs, _profile.Link.StreamNs(Pages.Bytes(pageCount)));
        return known;
    }

    private uint Queue(int engine, long fixedNs, long linkNs, LinkDirection direction, in CompactWaits waits) =>
        CompactTimelines.WordOf(engine, _machine.Submit(engine, fixedNs, linkNs, direction, waits));

    // Pipelined: the space is free at once, and whoever takes it inherits the copy's fence.
    private void LeaveCard(int number, ulong sizeBytes, uint space, uint fence, bool isToCard, bool isOffered)
    {
        if (!_timelines.IsSignaled(fence))
        {
            NoteEvictionFence(fence);
        }

        if (!isToCard)
        {
            Leave(_vramOrder, number, isOffered);
        }

        GiveVram(space, sizeBytes);
    }

    // The space may be handed on only when the last who reads through it is done, and the pages likewise.
    private void LeavePages(int number, ref CompactObject target, MemoryDomain from, uint fence, bool isToCard, bool isOffered)
    {
        bool dropsPages = isToCard && target.Is(CompactFlags.HasPages);
        bool isGtt = from == MemoryDomain.Gtt;
        if (isGtt && _keepsGttOrder)
        {
            Leave(_gttOrder, number, isOffered);
        }

        if (dropsPages)
        {
            target.Flags &= ~CompactFlags.HasPages;
        }

        if (!_timelines.IsSignaled(fence))
        {
            _postponed.Add(fence, target.SizeBytes, isGtt, dropsPages);
            return;
        }

        _gttUsedBytes -= isGtt ? target.SizeBytes : 0;
        _pageBytes -= dropsPages ? target.SizeBytes : 0;
    }

    private static void Leave(CompactOrder<TPolicy> order, int number, bool isOffered)
    {
        if (isOffered)
        {
            order.Evicted(number);
        }
        else
        {
            order.Leave(number);
        }
    }

    private void Populate(ref CompactObject target)
    {
        if (target.Is(CompactFlags.HasPages))
        {
            return;
        }

        target.Flags |= CompactFlags.HasPages;
        _pageBytes += target.SizeBytes;
        if (_pageBytes > _options.SystemBytes)
        {
            throw new CompactLimitException("system RAM is full");
        }
    }

    private int ReapPostponed()
    {
        int reaped = _postponed.Reap();
        if (reaped > 0)
        {
            _gttUsedBytes -= _postponed.ReapedGttBytes;
            _pageBytes -= _postponed.ReapedPageBytes;
        }

        return reaped;
    }

    // As the device keeps them: one for each timeline, in the slot of the timeline or the last that is done. It has more slots
    // than there are timelines, and the first are never used.
    private void NoteEvictionFence(uint fence)
    {
        int free = -1;
        for (int i = 0; i < _evictionFences.Length; i++)
        {
            uint slot = _evictionFences[i];
            if (slot != 0 && CompactTimelines.TimelineOf(slot) == CompactTimelines.TimelineOf(fence))
            {
                _evictionFences[i] = Math.Max(slot, fence);
                return;
            }

            free = _timelines.IsSignaled(slot) ? i : free;
        }

        Debug.Assert(free >= 0, "There are as many slots as timelines.");
        _evictionFences[free] = fence;
    }

    private void CountMove(MemoryDomain from, MemoryDomain to, ulong bytes)
    {
        if (from != MemoryDomain.Vram && to == MemoryDomain.Vram)
        {
            _toVramBytes += (long)bytes;
        }
        else if (from == MemoryDomain.Vram && to != MemoryDomain.Vram)
        {
            _fromVramBytes += (long)bytes;
        }
    }

    private void WaitFence(uint word) => _machine.WaitFor(CompactTimelines.TimelineOf(word), CompactTimelines.SeqnoOf(word));

    private uint NextAge() => ++_age != 0 ? _age : throw new CompactLimitException("the aperture is used more often than fits");

    // As long as the aperture has room for all, nobody asks for the order in it: it is made when the first must make way.
    private void KeepGttOrder()
    {
        _keepsGttOrder = true;
        _gttOrder.Reserve(_objects.Capacity);
        List<(uint Age, int Number)> members = [];
        for (int number = 0; number < _objects.Count; number++)
        {
            if (_objects[number].Domain == MemoryDomain.Gtt)
            {
                members.Add((_objects[number].Age, number));
            }
        }

        members.Sort();
        foreach ((uint _, int number) in members)
        {
            _gttOrder.Enter(number, _objects[number].SizeBytes);
        }
    }

    // A link's curve costs an arc tangent each time, and a program moves objects of a few sizes over and over.
    private readonly record struct LinkTime(uint PageCount, uint OverheadNs, long StreamNs);
}
