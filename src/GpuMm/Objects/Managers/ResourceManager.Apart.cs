using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Space that a thread gives back and takes again without meeting others: in its own <see cref="BumpBuffer"/>.</content>
public abstract partial class ResourceManager
{
    /// <summary>What threads keep apart.</summary>
    internal KeptParts<BumpBuffer> Kept { get; }

    /// <summary>Whether the ranges that an allocator gives out are all alike, so that a thread may keep some.</summary>
    private protected virtual bool MayKeepRanges => false;

    /// <summary>Nobody keeps space any more: places are told to observers, or space that is taken inherits copies.</summary>
    internal void StopParking()
    {
        using RankedLock.Scope scope = _lock.Enter();
        Kept.CloseForGood(_lock.Meetings);
    }

    /// <summary>Gives parked space back. Lock: the manager's, and the buffer's.</summary>
    internal void ReleaseParked(Resource resource, ulong sizeBytes)
    {
        Unlink(resource);
        _usedBytes -= sizeBytes;
        FreeRanges(resource);
    }

    // Lock: _lock. What is parked afterwards is not counted as given back: this is called where something else is, or where no room
    // is found and all is closed again.
    private void OpenPart()
    {
        if (Kept.MayOpen(_lock.Meetings) && MayKeepRanges && _ranks is null && CpuVisibleBytes == SizeBytes && _isUsed)
        {
            Kept.Open();
        }
    }

    private bool TryPark(Resource resource) =>
        Kept.IsAnyOpen && resource.RangeCount <= 1 && resource.Owner is { BulkMove: null } owner &&
        ReferenceEquals(resource.List, _lru[owner.Priority]) && Kept.Own.TryPark(resource);

    private Resource? TryTakeParked(BufferObject owner, in Place place)
    {
        if (!Kept.IsAnyOpen || (place.FirstPage | place.EndPage) != 0 || (place.Flags & PlaceFlags.TopDown) != 0 || owner.BulkMove is not null)
        {
            return null;
        }

        Resource? taken = Kept.Own.TryTake(owner, ListOf(owner), place.Flags);
        if (taken is not null && Kept.MayBePeak(Volatile.Read(ref _usedBytes), PeakBytes))
        {
            using RankedLock.Scope scope = _lock.Enter();
            PeakBytes = Kept.PeakOf(_usedBytes, PeakBytes);
        }

        return taken;
    }
}
