using System;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>Giving memory back, now or when the GPU is done with it.</content>
public sealed partial class GpuDevice
{
    private PostponedRelease[] _postponed = new PostponedRelease[64]; // Lock: _registryLock; a ring, its length a power of two
    private int _postponedHead; // Lock: _registryLock
    private int _postponedCount; // Lock: _registryLock
    private ulong _postponedTotal; // Lock: _registryLock; ever
    private readonly Fence[] _earliest = new Fence[4]; // Lock: _registryLock; per timeline, of what is postponed
    private int _earliestCount; // Lock: _registryLock; one more than there is room for means that they are not known
    private int _givingBackCount; // Lock: _registryLock; on the way into the queue, or taken from it and not given back yet
    private ulong _givenBackTotal; // Lock: _registryLock; ends of such ways, ever
    private readonly RangeList[] _spareLists = new RangeList[16]; // Lock: _registryLock; empty, kept for their arrays
    private int _spareListCount; // Lock: _registryLock
    private BufferObject?[] _deleted = new BufferObject?[4]; // Lock: _registryLock
    private int _deletedCount; // Lock: _registryLock

    /// <summary>Gives back what waited for copies that are done by now, and frees deleted objects that are idle.</summary>
    /// <returns>Pieces of memory given back.</returns>
    /// <remarks>Called by allocations that find no room; a service may call it from time to time.</remarks>
    public int Reap() => ReapPostponed() + ReapDeleted(requester: null);

    /// <summary>Waits for the GPU and frees everything. Mappings must not be used afterwards.</summary>
    public void Dispose()
    {
        while (WaitOldestPostponed())
        {
        }

        foreach (ResourceManager? manager in _managers)
        {
            if (manager is not null)
            {
                manager.IsUsed = false;
            }
        }

        Array.Clear(_managers);
        Memory.Dispose();
    }

    internal void Destroy(BufferObject gone)
    {
        RaiseStatus(DeviceEventKind.ObjectReleased, gone, MmStatus.Ok);
        gone.MarkDeleted();
        Driver.OnReleased(gone);
        if (gone.Reservation.TryLock())
        {
            Retire(gone);
            bool isReaped = TryReap(gone, mayWait: false);
            gone.Reservation.Unlock();
            if (isReaped)
            {
                return;
            }
        }

        AddDeleted(gone);
    }

    // Lock: the object's reservation. False while the GPU still uses it, or while the holder of the reservation is placing it:
    // deleted or not, nobody frees it under those hands.
    private bool TryReap(BufferObject gone, bool mayWait)
    {
        if (gone.IsDestroyed)
        {
            return true;
        }

        if (gone.IsBeingPlaced)
        {
            return false;
        }

        Retire(gone);
        while (IsStillUsed(gone, out Fence fence))
        {
            if (!mayWait || WaitForRelease(gone, fence) != MmStatus.Ok)
            {
                return false;
            }
        }

        gone.IsDestroyed = true;
        Revoke(gone);
        FreeMemory(gone);
        gone.Pages = null;
        GivePolicySlot(gone);
        Groups.Quit(gone.GroupIndex);
        Unregister(gone);
        RaiseStatus(DeviceEventKind.ObjectDestroyed, gone, MmStatus.Ok);
        return true;
    }

    private MmStatus WaitForRelease(BufferObject gone, Fence fence)
    {
        ulong startNs = IsObserved ? Driver.NowNs : 0;
        MmStatus status = Driver.WaitFence(fence, Options.ReleaseWaitLimitNs, interrupt: null);
        RaiseWaited(gone, fence, startNs, status);
        return status;
    }

    private static bool IsStillUsed(BufferObject gone, out Fence fence) => gone.FinalFences is { } own
        ? own.TryGetUnsignaled(out fence)
        : gone.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out fence);

    private void FreeMemory(BufferObject target)
    {
        if (target.Resource is not null || target.Pages is { HasPages: true })
        {
            Driver.OnMemoryDropped(target);
        }

        if (target.Resource is { } resource)
        {
            target.Resource = null;
            ReturnSpace(resource, target);
        }

        Unpopulate(target);
    }

    // Reservations that the caller holds itself cannot be tried: of those it is known that they are ours. That counts only for
    // objects that share one: whoever holds an object's own reservation is in the middle of something with that very object.
    private int ReapDeleted(BufferObject? requester)
    {
        int reaped = 0;
        int index = 0;
        while (true)
        {
            BufferObject? gone;
            using (_registryLock.Enter())
            {
                if (index >= _deletedCount)
                {
                    return reaped;
                }

                gone = _deleted[index]!;
            }

            bool isReaped = false;
            if (requester is not null && !gone.OwnsReservation && IsHeldByCaller(gone.Reservation, requester.Reservation))
            {
                isReaped = TryReap(gone, mayWait: false);
            }
            else if (gone.Reservation.TryLock())
            {
                isReaped = TryReap(gone, mayWait: false);
                gone.Reservation.Unlock();
            }

            if (!isReaped)
            {
                index++;
                continue;
            }

            reaped++;
            using RankedLock.Scope scope = _registryLock.Enter();
            int at = Array.IndexOf(_deleted, gone, 0, _deletedCount);
            if (at >= 0)
            {
                _deleted[at] = _deleted[--_deletedCount];
                _deleted[_deletedCount] = null;
            }
        }
    }

    private static bool IsHeldByCaller(Reservation reservation, Reservation held) =>
        ReferenceEquals(reservation, held) || (held.Ticket is { } ticket && reservation.IsHeldBy(ticket));

    private void Postpone(Fence fence, Resource resource, TranslationTable? pages)
    {
        using (_registryLock.Enter())
        {
            _givingBackCount++; // Between the order and the queue it is in neither: whoever finds nothing waits for it.
        }

        resource.Manager.Leave(resource);
        using RankedLock.Scope scope = _registryLock.Enter();
        EndGivingBack();
        if (_postponedCount == _postponed.Length)
        {
            GrowPostponed();
        }

        ref PostponedRelease slot = ref PostponedAt(_postponedCount++);
        _postponedTotal++;
        slot.Fence = fence;
        NoteEarliest(fence);
        slot.Resource = resource;
        if (pages is not null)
        {
            slot.Pages = _spareListCount > 0 ? _spareLists[--_spareListCount] : default;
            slot.Caching = pages.Caching;
            pages.Detach(ref slot.Pages);
        }
    }

    private int ReapPostponed()
    {
        if (!IsAnyPostponedDone())
        {
            return 0;
        }

        int reaped = 0;
        int index = 0;
        while (TryTakePostponed(ref index, out PostponedRelease release))
        {
            GiveBack(ref release);
            reaped++;
        }

        return reaped;
    }

    // False when nothing is postponed, nor about to be given back by another thread.
    private bool WaitOldestPostponed()
    {
        Fence fence;
        using (_registryLock.Enter())
        {
            if (_postponedCount == 0)
            {
                return WaitForGiving();
            }

            // It stays in the queue while it is waited for: another thread that looks must not think there is nothing.
            fence = _postponed[_postponedHead].Fence;
        }

        WaitFence(fence, target: null);
        ReapPostponed();
        return true;
    }

    // Lock: _registryLock. Others took from the queue, or fill it: they wait for nothing, so this ends soon.
    private bool WaitForGiving()
    {
        if (_givingBackCount == 0)
        {
            return false;
        }

        ulong givenBefore = _givenBackTotal;
        while (_givenBackTotal == givenBefore)
        {
            _registryLock.Wait();
        }

        return true;
    }

    // Lock: _registryLock.
    private void EndGivingBack()
    {
        _givingBackCount--;
        _givenBackTotal++;
        _registryLock.PulseAll();
    }

    // The next one, from an index on, whose copy is done. Copies of several engines do not end in the order they were queued.
    private bool TryTakePostponed(ref int index, out PostponedRelease release)
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        release = default;
        while (index < _postponedCount && !PostponedAt(index).Fence.IsSignaled)
        {
            index++;
        }

        if (index >= _postponedCount)
        {
            NoteEarliestAnew();
            return false;
        }

        release = PostponedAt(index);
        for (int i = index; i > 0; i--)
        {
            // The older ones move up: the queue stays in order of age.
            PostponedAt(i) = PostponedAt(i - 1);
        }

        PostponedAt(0) = default;
        _postponedHead = (_postponedHead + 1) & (_postponed.Length - 1);
        _postponedCount--;
        _givingBackCount++;
        return true;
    }

    private ref PostponedRelease PostponedAt(int index) => ref _postponed[(_postponedHead + index) & (_postponed.Length - 1)];

    // Fences of a timeline signal in order: while the earliest of each is not signalled, none is, and nobody looks at them all.
    private bool IsAnyPostponedDone()
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        if (_postponedCount == 0)
        {
            return false;
        }

        bool isAny = _earliestCount > _earliest.Length;
        for (int i = 0; i < _earliestCount && !isAny; i++)
        {
            isAny = _earliest[i].IsSignaled;
        }

        return isAny;
    }

    // Lock: _registryLock.
    private void NoteEarliest(Fence fence)
    {
        if (_earliestCount > _earliest.Length)
        {
            return;
        }

        for (int i = 0; i < _earliestCount; i++)
        {
            if (ReferenceEquals(_earliest[i].Context, fence.Context))
            {
                _earliest[i] = _earliest[i].Seqno <= fence.Seqno ? _earliest[i] : fence;
                return;
            }
        }

        if (_earliestCount < _earliest.Length)
        {
            _earliest[_earliestCount] = fence;
        }

        _earliestCount++;
    }

    // Lock: _registryLock.
    private void NoteEarliestAnew()
    {
        _earliestCount = 0;
        for (int i = 0; i < _postponedCount; i++)
        {
            NoteEarliest(PostponedAt(i).Fence);
        }
    }

    private void GiveBack(ref PostponedRelease release)
    {
        ReturnSpace(release.Resource!, owner: null);
        bool hasPages = release.Pages.Count != 0;
        if (hasPages)
        {
            RaiseUnpopulated(null, release.Pages.SizeBytes);
            _systemPages.Give(release.Caching, ref release.Pages);
        }

        using RankedLock.Scope scope = _registryLock.Enter();
        EndGivingBack();
        if (hasPages && _spareListCount < _spareLists.Length)
        {
            _spareLists[_spareListCount++] = release.Pages;
        }
    }

    private void GrowPostponed()
    {
        PostponedRelease[] larger = new PostponedRelease[_postponed.Length * 2];
        for (int i = 0; i < _postponedCount; i++)
        {
            larger[i] = _postponed[(_postponedHead + i) % _postponed.Length];
        }

        _postponed = larger;
        _postponedHead = 0;
    }

    private struct PostponedRelease
    {
        public Fence Fence;
        public Resource? Resource;
        public RangeList Pages;
        public Caching Caching;
    }
}
