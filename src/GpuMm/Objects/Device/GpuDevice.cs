using System;
using System.Numerics;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Eviction;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>
/// One GPU's memory: its domains, the objects in them, and the mappings that follow wherever an object goes.
/// </summary>
/// <remarks>
/// Safe for concurrent use; starts no thread, reads no clock. The partial files: creation and release, placing, eviction,
/// moves, and the checks of <see cref="Validate"/>.
/// </remarks>
public sealed partial class GpuDevice : IDisposable
{
    /// <summary>Most domains of a device.</summary>
    public const int MaxDomains = 8;

    private const ulong BusBase = 1ul << 38; // Where the bus window lies: above any system RAM that is simulated

    private readonly ResourceManager?[] _managers = new ResourceManager?[MaxDomains];
    private readonly RankedLock _registryLock = new(LockRank.Registry);
    private readonly SystemPages _systemPages;
    private readonly Placement _visiblePlacement;
    private readonly Placement? _unseenPlacement;
    private readonly ObjectList[] _objects = new ObjectList[ThreadPart.Count]; // By who made them
    private CreationCounts _creation;

    /// <summary>A device with empty memories.</summary>
    /// <param name="options">The sizes.</param>
    /// <param name="driver">Does the moves and the waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not whole pages, or out of range; the message names it.</exception>
    public GpuDevice(GpuDeviceOptions options, GpuDriver driver)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(driver);
        options.Check();
        Options = options;
        Policy = EvictionPolicies.Get(options.EvictionPolicy);
        Driver = driver;
        driver.Device = this;
        VmOperations = new BufferObjectVmOperations(this);
        Groups = new MemoryGroups(this);
        IoWindow = CheckedWindow(options) is var windowBytes && windowBytes != 0 ? new IoWindow(windowBytes, BusBase) : null;

        // The aperture has no bytes of its own: what lies in it are system pages.
        ulong systemAddresses = options.ScattersSystem ? ScatteredSpace.AddressBytes : options.SystemBytes;
        Memory.Add((int)MemoryDomain.System, MemoryBacking.Create(options.Backing, systemAddresses));
        Memory.Add((int)MemoryDomain.Vram, MemoryBacking.Create(options.Backing, options.VramBytes));
        ISpaceAllocator systemSpace = options.ScattersSystem
            ? new ScatteredSpace(options.SystemBytes)
            : new RangeSpace(options.SystemBytes);
        ISpaceAllocator apertureSpace = options.ScattersAperture
            ? new ScatteredSpace(options.ApertureBytes)
            : SpaceAllocator.Create(options.ApertureAllocator, options.ApertureBytes);
        PagePool? pool = options.PagePoolBytes == 0
            ? null
            : new PagePool(systemSpace, options.PagePoolBytes, options.PoolUsesDmaAllocator, options.PoolUsesDma32, new PagePoolLists());
        _systemPages = new SystemPages(systemSpace, Memory[(int)MemoryDomain.System], pool);
        for (int i = 0; i < _objects.Length; i++)
        {
            _objects[i] = new ObjectList();
        }

        if (options.IsSingleThreaded)
        {
            _registryLock.KeepToOneThread();
            _systemPages.KeepToOneThread();
            Array.ForEach(_objects, static list => list.KeepToOneThread());
        }

        Gart = options.Gart == GartMode.None ? null : new GartTable(options.ApertureBytes);
        ulong visibleBytes = options.VisibleVramBytes ?? options.VramBytes;
        SetManager(new SystemResourceManager(options.SystemBytes));
        SetManager(new SpaceResourceManager(MemoryDomain.Gtt, apertureSpace, usesPages: true)
        {
            Gart = Gart,
        });
        SetManager(new SpaceResourceManager(MemoryDomain.Vram, SpaceAllocator.Create(options.VramAllocator, options.VramBytes), usesPages: false)
        {
            CpuVisibleBytes = visibleBytes,
        });

        Place gtt = new(MemoryDomain.Gtt);
        Place system = new(MemoryDomain.System, PlaceFlags.Fallback);
        _visiblePlacement = visibleBytes == 0
            ? new Placement(gtt, system)
            : new Placement(new Place(MemoryDomain.Vram, PlaceFlags.Desired, 0, Pages.Count(visibleBytes)), gtt, system);
        _unseenPlacement = visibleBytes == options.VramBytes || visibleBytes == 0
            ? null
            : new Placement(new Place(MemoryDomain.Vram, PlaceFlags.Desired, Pages.Count(visibleBytes)), gtt, new Place(MemoryDomain.System));
    }

    /// <summary>The sizes it was made with.</summary>
    public GpuDeviceOptions Options { get; }

    /// <summary>Does the moves and the waiting.</summary>
    public GpuDriver Driver { get; }

    /// <summary>Where the bytes of its domains are.</summary>
    public PhysicalMemory Memory { get; } = new();

    /// <summary>Every area, in every address space, that maps one of its objects (<see cref="BufferObject.Map"/>): a move looks for no others.</summary>
    public AddressMapping Mapping { get; } = new(ThreadPart.Count); // By who made the object

    /// <summary>The table of the aperture; null when none is kept.</summary>
    public GartTable? Gart { get; }

    /// <summary>What it did so far.</summary>
    public DeviceStatistics Statistics { get; } = new();

    /// <summary>Bytes of system RAM that objects hold, those waiting for a copy to end included.</summary>
    public ulong SystemPagesUsedBytes => _systemPages.UsedBytes;

    /// <summary>Bytes of system RAM that the page pool keeps for reuse.</summary>
    public ulong PooledBytes => Pages.Bytes(_systemPages.Pool?.PageCount ?? 0);

    /// <summary>Most bytes of system RAM ever held at a time.</summary>
    public ulong SystemPagesPeakBytes => _systemPages.PeakBytes;

    /// <summary>Objects that exist, deleted ones that wait for the GPU included.</summary>
    public int ObjectCount
    {
        get
        {
            int count = 0;
            foreach (ObjectList list in _objects)
            {
                count += list.Count;
            }

            return count;
        }
    }

    internal SystemPages SystemPages => _systemPages;

    internal BufferObjectVmOperations VmOperations { get; }

    /// <summary>The manager of a domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <exception cref="ArgumentOutOfRangeException">The device has no such domain.</exception>
    public ResourceManager Manager(MemoryDomain domain) =>
        FindManager(domain) ?? throw new ArgumentOutOfRangeException(nameof(domain), domain, "The device has no such domain.");

    /// <summary>Puts a manager, of a driver's own domain or instead of the usual one, in charge of a domain.</summary>
    /// <param name="manager">The manager, of domain 0 to <see cref="MaxDomains"/> - 1. The domain must hold nothing yet.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such domain.</exception>
    /// <exception cref="InvalidOperationException">The domain holds something.</exception>
    /// <remarks>At set-up only. A domain with bytes of its own also needs a backing in <see cref="Memory"/>.</remarks>
    public void SetManager(ResourceManager manager)
    {
        ArgumentNullException.ThrowIfNull(manager);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)manager.Domain, (uint)MaxDomains, nameof(manager));
        ref ResourceManager? slot = ref _managers[(int)manager.Domain];
        if (slot is { UsedBytes: > 0 })
        {
            throw new InvalidOperationException($"{manager.Domain} still holds {slot.UsedBytes} bytes.");
        }

        if (Options.IsSingleThreaded)
        {
            manager.KeepToOneThread();
        }

        if (IsObserved)
        {
            manager.StopParking();
        }

        manager.SetPolicy(Policy);
        slot = manager;
    }

    /// <summary>Creates an object in a placement.</summary>
    /// <param name="description">What to create.</param>
    /// <param name="placement">Where.</param>
    /// <param name="context">How to go about it.</param>
    /// <param name="created">The object, with one reference; null on failure.</param>
    /// <returns>As <see cref="BufferObject.Validate"/>.</returns>
    /// <remarks>With a shared reservation the caller holds it; otherwise no lock is needed.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, the alignment no power of two, or the priority not 0 to 3.</exception>
    public MmStatus TryCreate(
        in BufferObjectDescription description, Placement placement, ref OperationContext context, out BufferObject? created)
    {
        ArgumentNullException.ThrowIfNull(placement);
        ArgumentOutOfRangeException.ThrowIfZero(description.SizeBytes, nameof(description));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description.SizeBytes, 1ul << 47, nameof(description));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)description.Priority, (uint)ResourceManager.PriorityCount, nameof(description));
        if (description.AlignmentBytes != 0 && !BitOperations.IsPow2(description.AlignmentBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(description), description.AlignmentBytes, "An alignment is a power of two.");
        }

        description.SharedReservation?.AssertHeld();
        if (description.Group is { } group && (!ReferenceEquals(group.Device, this) || !Groups.TryJoin(group)))
        {
            throw new ArgumentException($"The group '{group.Name}' is not, or no longer, one of this device.", nameof(description));
        }

        ulong pageCount = Pages.Count(description.SizeBytes);
        bool isMappable = description.Kind != BufferObjectKind.Kernel;
        if (!TryTakeWindow(isMappable ? pageCount : 0, out PageWindow window))
        {
            Groups.Quit(description.Group?.Index ?? 0);
            created = null;
            return MmStatus.NoSpace; // The device file is used up.
        }

        BufferObject made = new(this, Interlocked.Increment(ref _creation.LastId), Pages.Bytes(pageCount), description, window);
        bool isShared = description.SharedReservation is not null;
        if (!isShared)
        {
            made.Reservation.TryLock();
        }

        _objects[made.PartIndex].BeginMaking();
        RaiseCreated(made, placement, context);
        MmStatus status = MmStatus.OutOfMemory;
        context.Cause = context.Cause == MoveCause.Validate ? MoveCause.Create : context.Cause;
        try
        {
            ReapFor(made, context);
            status = ValidateObject(made, placement, ref context);
        }
        finally
        {
            // Also when a driver throws: nothing stays behind, neither space nor a lock.
            created = status == MmStatus.Ok ? made : null;
            if (status == MmStatus.Ok)
            {
                Register(made);
            }
            else
            {
                Abandon(made);
                RaiseStatus(DeviceEventKind.CreateFailed, made, status);
            }

            _objects[made.PartIndex].EndMaking();
            if (!isShared)
            {
                made.Reservation.Unlock();
            }
        }

        return status;
    }

    // Pages of the device file for an object; none when as many are not left, and then none is lost.
    private bool TryTakeWindow(ulong pageCount, out PageWindow window)
    {
        window = default;
        ulong next = Volatile.Read(ref _creation.NextWindowPage);
        while (pageCount != 0 && window.PageCount == 0)
        {
            if (pageCount > Options.MappablePages - next)
            {
                return false;
            }

            ulong seen = Interlocked.CompareExchange(ref _creation.NextWindowPage, next + pageCount, next);
            window = seen == next ? new PageWindow(next, pageCount) : default;
            next = seen;
        }

        return true;
    }

    // An object that was never handed out. A first hop may have been queued, so its copy is waited for.
    private void Abandon(BufferObject made)
    {
        Driver.OnReleased(made);
        if (made.Resource is not null)
        {
            while (made.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence fence))
            {
                Driver.WaitFence(fence);
            }
        }

        FreeMemory(made);
        GivePolicySlot(made);
        Groups.Quit(made.GroupIndex);
    }

    internal ResourceManager? FindManager(MemoryDomain domain) =>
        (int)domain < MaxDomains ? _managers[(int)domain] : null;

    private void Register(BufferObject made) => _objects[made.PartIndex].Add(made);

    private void Unregister(BufferObject gone) => _objects[gone.PartIndex].Remove(gone);
}
