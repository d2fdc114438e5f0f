using System.Collections.Generic;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>
/// The bus window through which the CPU sees the card's own memory, when it is smaller than that memory and is pointed at
/// one object after the other: who is in it, and since when.
/// </summary>
/// <remarks>
/// An object stays in the window until another needs the room; then the oldest goes, its mappings are revoked, and its next
/// touch faults. Lock: its own, of the rank of a manager. Source: the io_reserve list of TTM up to 5.10.
/// </remarks>
internal sealed class IoWindow
{
    private readonly RankedLock _lock = new(LockRank.ResourceManager);
    private readonly ISpaceAllocator _space; // Lock: _lock
    private readonly Dictionary<Resource, LinkedListNode<Entry>> _entries = []; // Lock: _lock
    private readonly LinkedList<Entry> _order = []; // Lock: _lock; oldest first
    private readonly ulong _busBase;

    public IoWindow(ulong sizeBytes, ulong busBase)
    {
        _space = SpaceAllocator.Create(SpaceAllocatorKind.Range, sizeBytes);
        _busBase = busBase;
    }

    public ulong SizeBytes => _space.SizeBytes;

    public ulong UsedBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _space.SizeBytes - _space.FreeBytes;
        }
    }

    public long Evictions { get; private set; }

    public BusMapping Find(Resource resource, Caching caching)
    {
        using RankedLock.Scope scope = _lock.Enter();
        return _entries.TryGetValue(resource, out LinkedListNode<Entry>? node)
            ? new BusMapping(_busBase + node.Value.Range[0].Range.StartBytes, IsIoMemory: true, caching)
            : default;
    }

    /// <summary>Points a part of the window at a resource. NoSpace: somebody must leave first.</summary>
    /// <remarks>Lock: the reservation of its object.</remarks>
    public MmStatus TryEnter(Resource resource, BufferObject owner, bool isKept)
    {
        if (resource.SizeBytes > _space.SizeBytes)
        {
            return MmStatus.BusError; // It never fits.
        }

        using RankedLock.Scope scope = _lock.Enter();
        if (_entries.TryGetValue(resource, out LinkedListNode<Entry>? node))
        {
            node.ValueRef.KeepCount += isKept ? 1 : 0;
            return MmStatus.Ok;
        }

        RangeList range = default;
        if (_space.TryAllocate(new SpaceRequest(resource.SizeBytes, Pages.SizeBytes, 0, 0, SpaceFlags.Contiguous), ref range) != MmStatus.Ok)
        {
            return MmStatus.NoSpace;
        }

        _entries.Add(resource, _order.AddLast(new Entry { Resource = resource, Owner = owner, Range = range, KeepCount = isKept ? 1 : 0 }));
        return MmStatus.Ok;
    }

    /// <summary>The oldest that may leave and whose reservation is free, locked, or shared with whoever asks; null when none is.</summary>
    /// <remarks>The context learns whose lock kept one from leaving, and the list, where there is one, all that were passed over.</remarks>
    public BufferObject? LockOldest(
        BufferObject target, out Resource? resource, ref OperationContext context, List<BufferObject>? locked)
    {
        using RankedLock.Scope scope = _lock.Enter();
        for (LinkedListNode<Entry>? node = _order.First; node is not null; node = node.Next)
        {
            ref Entry entry = ref node.ValueRef;
            if (entry.KeepCount != 0 || ReferenceEquals(entry.Owner, target))
            {
                continue;
            }

            if (ReferenceEquals(entry.Owner.Reservation, target.Reservation) || entry.Owner.Reservation.TryLock())
            {
                resource = entry.Resource;
                return entry.Owner;
            }

            context.NoteContended(entry.Owner.Reservation);
            locked?.Add(entry.Owner);
        }

        resource = null;
        return null;
    }

    /// <summary>An eviction from the window: the mappings are revoked already. Lock: the owner's reservation.</summary>
    public void Evict(Resource resource)
    {
        Forget(resource);
        Evictions++;
    }

    /// <summary>Ends one keeping; false when there is none.</summary>
    public bool TryDropKept(Resource resource)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (!_entries.TryGetValue(resource, out LinkedListNode<Entry>? node) || node.Value.KeepCount == 0)
        {
            return false;
        }

        node.ValueRef.KeepCount--;
        return true;
    }

    /// <summary>The resource leaves the window, if it is in it.</summary>
    public void Forget(Resource resource)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (_entries.Remove(resource, out LinkedListNode<Entry>? node))
        {
            RangeList range = node.Value.Range;
            _space.Release(ref range);
            _order.Remove(node);
        }
    }

    private struct Entry
    {
        public Resource Resource;
        public BufferObject Owner;
        public RangeList Range;
        public int KeepCount;
    }
}
