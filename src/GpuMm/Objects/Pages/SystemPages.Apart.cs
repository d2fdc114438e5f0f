using System.Threading;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>Pages that a thread gives back and takes again without meeting others: on its own <see cref="PageShelf"/>.</content>
internal sealed partial class SystemPages
{
    /// <summary>What threads keep apart.</summary>
    public KeptParts<PageShelf> Kept { get; } = new(() => new PageShelf(allocator));

    /// <summary>Nobody keeps pages any more: what happens is told to observers.</summary>
    public void StopKeeping()
    {
        using RankedLock.Scope scope = _lock.Enter();
        Kept.CloseForGood(_lock.Meetings);
    }

    private bool TryTakeOwn(ulong sizeBytes, ref RangeList into)
    {
        if (!Kept.IsAnyOpen || !Kept.Own.TryTake(sizeBytes, out SpaceRange run))
        {
            return false;
        }

        into.Add(run);
        if (Kept.MayBePeak(Volatile.Read(ref _takenBytes), PeakBytes))
        {
            using RankedLock.Scope scope = _lock.Enter();
            NotePeak();
        }

        return true;
    }

    private bool TryKeep(in RangeList pages) => Kept.IsAnyOpen && pages.Count == 1 && Kept.Own.TryGive(pages[0]);

    // Lock: _lock. It counts as pages given back, for what is kept afterwards will not be counted.
    private void OpenOwnShelf()
    {
        if (Kept.MayOpen(_lock.Meetings) && pool is null)
        {
            Kept.Open();
            Volatile.Write(ref _giveCount, unchecked(_giveCount + 1));
        }
    }

    // Lock: _lock.
    private void NotePeak()
    {
        Volatile.Write(ref _takenBytes, allocator.SizeBytes - allocator.FreeBytes);
        PeakBytes = Kept.PeakOf(_takenBytes, PeakBytes);
    }

    private ulong ShelfChanges()
    {
        ulong changes = 0;
        foreach (PageShelf shelf in Kept.All)
        {
            changes = unchecked(changes + shelf.Changes);
        }

        return changes;
    }
}
