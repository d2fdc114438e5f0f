using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using GpuMm.Eviction;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>Gives out the space of one domain and keeps the order in which its objects would be evicted.</summary>
/// <remarks>
/// Lock: its own, below reservations. Under it nothing waits, calls a driver or raises an event; derived classes are
/// called under it. Source: ttm_resource_manager.
/// </remarks>
public abstract partial class ResourceManager
{
    /// <summary>Number of priorities; 0 is evicted first.</summary>
    public const int PriorityCount = 4;

    private readonly RankedLock _lock = new(LockRank.ResourceManager);
    private readonly EvictionFences _evictionFences = new(); // Lock: _lock
    private Resource? _freeResources; // Lock: _lock; linked by Next
    private ulong _usedBytes; // Lock: _lock
    private ulong _visibleUsedBytes; // Lock: _lock; counted only while the CPU does not see the whole domain
    private ulong _changeCount; // Lock: _lock; read without it
    private bool _isUsed = true; // Lock: _lock; read without it

    /// <summary>A manager.</summary>
    /// <param name="domain">The domain it serves.</param>
    /// <param name="sizeBytes">Size of the domain; whole pages.</param>
    /// <param name="usesPages">True when the bytes are system pages (a translation table), not the domain's own.</param>
    protected ResourceManager(MemoryDomain domain, ulong sizeBytes, bool usesPages)
    {
        Domain = domain;
        SizeBytes = sizeBytes;
        UsesPages = usesPages;
        CpuVisibleBytes = sizeBytes;
        for (int i = 0; i < PriorityCount; i++)
        {
            _lru[i] = new LruList(this);
        }

        _unevictable = new LruList(this);
        _leaving = new LruList(this);
        Kept = new KeptParts<BumpBuffer>(() => new BumpBuffer(this));
    }

    /// <summary>The domain.</summary>
    public MemoryDomain Domain { get; }

    /// <summary>Size, bytes.</summary>
    public ulong SizeBytes { get; }

    /// <summary>True when the bytes of its objects are system pages.</summary>
    public bool UsesPages { get; }

    /// <summary>How much of it, from address 0, the CPU can reach through the bus window. At most the size.</summary>
    public ulong CpuVisibleBytes { get; init; }

    /// <summary>
    /// False while the domain must not be used: places that name it are passed over. Once it is, nobody gets space any more, also
    /// whoever looked before.
    /// </summary>
    public bool IsUsed
    {
        get => _isUsed;
        set
        {
            using RankedLock.Scope scope = _lock.Enter();
            _isUsed = value;
            Kept.Close(_lock.Meetings);
        }
    }

    internal GartTable? Gart { get; init; }

    /// <summary>
    /// How often space was given back, or became one that may be evicted: when it differs, a search that found no room may
    /// find some now.
    /// </summary>
    internal ulong ChangeCount => Volatile.Read(ref _changeCount);

    /// <summary>Bytes given out.</summary>
    public ulong UsedBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _usedBytes - Kept.KeptBytes;
        }
    }

    /// <summary>Bytes given out of the part that the CPU can reach: see <see cref="CpuVisibleBytes"/>.</summary>
    public ulong CpuVisibleUsedBytes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return CpuVisibleBytes < SizeBytes ? _visibleUsedBytes : _usedBytes - Kept.KeptBytes;
        }
    }

    /// <summary>Most bytes ever given out at a time.</summary>
    public ulong PeakBytes { get; private set; }

    /// <summary>One thread alone will use it: its locks need not be atomic. Call it before anyone does.</summary>
    internal void KeepToOneThread()
    {
        _lock.KeepToOneThread();
        foreach (BumpBuffer buffer in Kept.All)
        {
            buffer.KeepToOneThread();
        }
    }

    internal MmStatus TryAllocate(BufferObject owner, in Place place, bool noWaitGpu, out Resource? resource)
    {
        resource = TryTakeParked(owner, place);
        if (resource is not null)
        {
            return MmStatus.Ok;
        }

        SpaceRequest request = new(
            owner.SizeBytes,
            Math.Max(owner.AlignmentBytes, Pages.SizeBytes),
            Pages.Bytes(place.FirstPage),
            Pages.Bytes(place.EndPage),
            ((place.Flags & PlaceFlags.TopDown) != 0 ? SpaceFlags.TopDown : SpaceFlags.None) |
                ((place.Flags & PlaceFlags.Contiguous) != 0 ? SpaceFlags.Contiguous : SpaceFlags.None));
        using RankedLock.Scope scope = EnterEnds();
        if (!_isUsed)
        {
            return MmStatus.NoSpace;
        }

        if (noWaitGpu && _evictionFences.TryGetUnsignaled(out _))
        {
            return MmStatus.Busy; // There may be room; evicting more would only add to what is waited for.
        }

        // A resource that was made for a request that fails stays for the next one.
        Resource taken = _freeResources ?? AddSpareResources();
        MmStatus status = TryAllocateSpace(request, ref taken.Ranges);
        if (status == MmStatus.NoSpace && Kept.IsAnyOpen)
        {
            Kept.Close(_lock.Meetings);
            status = TryAllocateSpace(request, ref taken.Ranges);
        }

        if (status != MmStatus.Ok)
        {
            // What can never fit is for the two-pass search the same as what does not fit now: the next place is tried.
            return status == MmStatus.InvalidArgument ? MmStatus.NoSpace : status;
        }

        _freeResources = (Resource?)taken.Next;
        taken.Next = null;
        taken.Owner = owner;
        taken.Flags = place.Flags;
        taken.GroupIndex = owner.GroupIndex;
        _usedBytes += owner.SizeBytes;
        _visibleUsedBytes += CpuVisibleBytes < SizeBytes ? VisiblePartOf(taken) : 0;
        PeakBytes = Kept.PeakOf(_usedBytes, PeakBytes);
        Enlist(taken);
        _evictionFences.CopyTo(owner.Reservation);
        resource = taken;
        return MmStatus.Ok;
    }

    // Several at once, so that a new peak in the middle of a long run finds one made before.
    private Resource AddSpareResources()
    {
        const int SpareCount = 8;
        Resource last = new(_unevictable);
        (Resource even, Resource odd) = (last, new Resource(_unevictable));
        for (int i = 2; i < SpareCount; i += 2)
        {
            even = new Resource(_unevictable) { Next = even };
            odd = new Resource(_unevictable) { Next = odd };
        }

        // Neighbours in memory share lines, and two threads may get one each: so they do not follow each other.
        last.Next = odd;
        _freeResources = even;
        return even;
    }

    /// <summary>Gives space back. Nobody may still use it but a copy whose fence was added before.</summary>
    internal void Release(Resource resource)
    {
        Gart?.Unbind(resource);
        if (TryPark(resource))
        {
            return;
        }

        using RankedLock.Scope scope = EnterEnds();
        Debug.Assert(resource.List is not null, "A resource is released once.");
        Delist(resource);
        _usedBytes -= resource.SizeBytes;
        _visibleUsedBytes -= CpuVisibleBytes < SizeBytes ? VisiblePartOf(resource) : 0;
        FreeRanges(resource);
    }

    // Lock: _lock. The resource is on no list any more.
    private void FreeRanges(Resource resource)
    {
        CountChange();
        ReleaseSpace(ref resource.Ranges);
        resource.Ranges.Clear();
        resource.Owner = null;
        resource.IsPinnedHere = false;
        resource.Next = _freeResources;
        _freeResources = resource;
    }

    private ulong VisiblePartOf(Resource resource)
    {
        ulong bytes = 0;
        for (int i = 0; i < resource.RangeCount; i++)
        {
            ByteRange range = resource.RangeAt(i);
            bytes += Math.Min(range.EndBytes, CpuVisibleBytes) - Math.Min(range.StartBytes, CpuVisibleBytes);
        }

        return bytes;
    }

    // Lock: _lock.
    private void CountChange() => Volatile.Write(ref _changeCount, unchecked(_changeCount + 1));

    /// <summary>Remembers a copy out of this domain; false when it must be waited for instead.</summary>
    internal bool TryAddEvictionFence(Fence fence)
    {
        using RankedLock.Scope scope = _lock.Enter();
        Kept.CloseForGood(_lock.Meetings);
        return _evictionFences.TryAdd(fence);
    }

    /// <summary>True when a resource touches the range that a place asks for: then evicting it may help.</summary>
    /// <param name="resource">A resource of this manager.</param>
    /// <param name="place">The place.</param>
    /// <remarks>Lock: the reservation of its object. Source: the callback intersects of ttm_resource_manager_func.</remarks>
    public virtual bool Intersects(Resource resource, in Place place)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (resource.RangeCount == 0)
        {
            return true;
        }

        ulong start = Pages.Bytes(place.FirstPage);
        ByteRange window = new(start, (place.EndPage == 0 ? ulong.MaxValue : Pages.Bytes(place.EndPage)) - start);
        for (int i = 0; i < resource.RangeCount; i++)
        {
            if (resource.RangeAt(i).Overlaps(window))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a resource is where a place asks for: then its object stays. Flags are looked at elsewhere.</summary>
    /// <param name="resource">A resource of this manager.</param>
    /// <param name="place">The place; of this domain.</param>
    /// <remarks>Lock: the reservation of its object. Source: the callback compatible of ttm_resource_manager_func.</remarks>
    public virtual bool IsCompatible(Resource resource, in Place place) => IsInside(resource, place);

    /// <summary>True when a resource lies wholly inside the range that a place asks for.</summary>
    /// <param name="resource">A resource of this manager.</param>
    /// <param name="place">The place.</param>
    internal static bool IsInside(Resource resource, in Place place)
    {
        for (int i = 0; i < resource.RangeCount; i++)
        {
            ByteRange range = resource.RangeAt(i);
            if (range.StartBytes < Pages.Bytes(place.FirstPage) ||
                (place.EndPage != 0 && range.EndBytes > Pages.Bytes(place.EndPage)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes space. Lock: the manager's.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="ranges">Receives it; empty on failure.</param>
    /// <returns>As <see cref="ISpaceAllocator.TryAllocate"/>; <see cref="MmStatus.Busy"/> makes the caller try elsewhere.</returns>
    protected abstract MmStatus TryAllocateSpace(in SpaceRequest request, ref RangeList ranges);

    /// <summary>Gives space back. Lock: the manager's.</summary>
    /// <param name="ranges">What was taken.</param>
    protected abstract void ReleaseSpace(ref RangeList ranges);

    /// <summary>What a manager of one's own has to say in the dump of its domain: whole lines. Lock: the manager's.</summary>
    /// <param name="text">Receives them.</param>
    protected virtual void DumpSpace(StringBuilder text)
    {
    }

    /// <summary>Checks the space's own invariants. Lock: the manager's.</summary>
    /// <returns>Null, or the first violation.</returns>
    protected virtual string? ValidateSpace() => null;
}
