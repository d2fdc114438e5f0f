using System.Threading;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>Space that a running copy still reads: given back when the copy is done.</content>
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
        if (Volatile.Read(ref _postponedCount) == 0)
        {
            return false; // Nor is there, if somebody adds one just now, one that is done.
        }

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
