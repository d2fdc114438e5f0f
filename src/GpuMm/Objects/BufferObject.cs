using System;
using System.Numerics;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>Memory with an identity, wherever it lives now.</summary>
/// <remarks>
/// Every member that reads or changes where it lives needs its reservation. Reference counted: starts at one, every
/// mapping holds one. Safe for concurrent use. It is its own <see cref="Reservation"/> unless it shares that of others: so
/// name the property, never the object, where a reservation is meant.
/// </remarks>
public sealed partial class BufferObject : Reservation
{
    // Millions may live at once, so what is small is packed, what few objects need lies in an ObjectExtra, and the object is its
    // own reservation: 136 bytes in all, the header included. Kind, caching and alignment never change; the flags change under
    // the reservation.
    private const int DeletedReferences = int.MinValue / 2; // Far below what wrong releases could count down to
    private const ushort OwnsReservationFlag = 1;
    private const ushort MappableFlag = 2;
    private const ushort PurgeableFlag = 4;
    private const ushort PurgedFlag = 8;
    private const ushort LostFlag = 16;
    private const ushort NeedsCpuAccessFlag = 32;
    private const ushort DestroyedFlag = 64;
    private const ushort WasEvictedFlag = 128;
    private const ushort BeingPlacedFlag = 256;
    private const int PartShift = 9; // The bits above the flags: they never change

    private readonly ulong _firstWindowPage;
    private int _references = 1;
    private int _mappings;
    private int _pinCount;
    private readonly byte _alignmentShift;
    private readonly byte _priority;
    private ushort _flags; // Lock: its reservation

    internal BufferObject(GpuDevice device, ulong id, ulong sizeBytes, in BufferObjectDescription description, PageWindow window)
        : base(isRefused: description.SharedReservation is not null)
    {
        Device = device;
        Id = id;
        SizeBytes = sizeBytes;
        Name = description.Name ?? "";
        Kind = description.Kind;
        Caching = description.Caching;
        _priority = (byte)description.Priority;
        _alignmentShift = description.AlignmentBytes == 0 ? (byte)0 : (byte)(1 + BitOperations.Log2(description.AlignmentBytes));
        ClientId = description.ClientId;
        GroupIndex = description.Group?.Index ?? 0;
        if (description.SharedReservation is { } shared)
        {
            Extra().SharedReservation = shared;
        }

        _firstWindowPage = window.FirstPage;
        _flags = (ushort)((description.SharedReservation is null ? OwnsReservationFlag : 0) | (window.PageCount != 0 ? MappableFlag : 0) |
            (description.NeedsCpuAccess ? NeedsCpuAccessFlag : 0) | (ThreadPart.Own << PartShift));
    }

    /// <summary>The device it belongs to.</summary>
    public GpuDevice Device { get; }

    /// <summary>Unique on its device, in order of creation.</summary>
    public ulong Id { get; }

    /// <summary>Shown in dumps.</summary>
    public string Name { get; }

    /// <summary>What it is for.</summary>
    public BufferObjectKind Kind { get; }

    /// <summary>The client that it was made for; 0 for none.</summary>
    public int ClientId { get; }

    /// <summary>How the CPU maps its system pages.</summary>
    public Caching Caching { get; }

    /// <summary>Eviction priority, 0 to 3; 0 goes first.</summary>
    public int Priority => _priority;

    /// <summary>Size, bytes; whole pages.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Alignment of its place, bytes; 0 means a page.</summary>
    public ulong AlignmentBytes => _alignmentShift == 0 ? 0 : 1ul << (_alignmentShift - 1);

    /// <summary>Its lock and the fences of the work that uses it.</summary>
    public Reservation Reservation => Has(OwnsReservationFlag) ? this : FoundExtra!.SharedReservation!;

    /// <summary>Its pages in the device file: what a mapping shows and a move revokes. Empty for kernel objects.</summary>
    public PageWindow Window => Has(MappableFlag) ? new PageWindow(_firstWindowPage, SizeBytes >> Primitives.Pages.Shift) : default;

    /// <summary>Where it is; null while it holds no space. Lock: its reservation.</summary>
    public Resource? Resource { get; internal set; }

    /// <summary>Its system pages; null before it needed any. Lock: its reservation.</summary>
    public TranslationTable? Pages { get; internal set; }

    /// <summary>How often it is pinned. Lock: its reservation.</summary>
    public int PinCount
    {
        get => _pinCount;
        private set => _pinCount = value;
    }

    /// <summary>True once its last reference is gone and it only waits for the GPU.</summary>
    public bool IsDeleted => Volatile.Read(ref _references) <= DeletedReferences;

    /// <summary>The group that it grows old with, or null. Lock: its reservation.</summary>
    public BulkMove? BulkMove
    {
        get => FoundExtra?.BulkMove;
        internal set
        {
            if (value is not null || FoundExtra is not null)
            {
                Extra().BulkMove = value;
            }
        }
    }

    /// <summary>True while its contents are in the swap store. Lock: its reservation.</summary>
    public bool IsSwapped => Pages is { } pages && (pages.Flags & TranslationFlags.Swapped) != 0;

    /// <summary>True when its contents may be dropped instead of moved. Lock: its reservation.</summary>
    public bool IsPurgeable
    {
        get => Has(PurgeableFlag);
        private set => Set(PurgeableFlag, value);
    }

    /// <summary>True when they were. Lock: its reservation.</summary>
    public bool IsPurged
    {
        get => Has(PurgedFlag);
        internal set => Set(PurgedFlag, value);
    }

    /// <summary>
    /// True when its contents went with the device's memory. Until <see cref="AcknowledgeLoss"/> it can be neither used nor
    /// touched, so nobody takes the wrong bytes for the right ones. Lock: its reservation.
    /// </summary>
    public bool IsLost
    {
        get => Has(LostFlag);
        internal set => Set(LostFlag, value);
    }

    /// <summary>
    /// True when the CPU must be able to touch it: said at creation, or learnt from a touch where it could not be reached. Lock:
    /// its reservation.
    /// </summary>
    public bool NeedsCpuAccess
    {
        get => Has(NeedsCpuAccessFlag);
        internal set => Set(NeedsCpuAccessFlag, value);
    }

    /// <summary>The group whose limits it counts for.</summary>
    public MemoryGroup Group => Device.Groups.At(GroupIndex);

    internal ushort GroupIndex { get; }

    /// <summary>Handles that clients have to it.</summary>
    public int HandleCount => FoundExtra is { } extra ? Volatile.Read(ref extra.Handles) : 0;

    internal int PolicySlot { get; set; } = -1; // By which rankings know it; -1 while none does. Lock: a manager's, at first

    // Lock: its reservation.
    internal bool WasEvicted
    {
        get => Has(WasEvictedFlag);
        set => Set(WasEvictedFlag, value);
    }

    // Lock: the device's registry.
    internal uint PublishedName
    {
        get => FoundExtra?.PublishedName ?? 0;
        set
        {
            if (value != 0 || FoundExtra is not null)
            {
                Extra().PublishedName = value;
            }
        }
    }

    internal bool OwnsReservation => Has(OwnsReservationFlag);

    // What the object waits for once it is deleted; its own copy, so that others who share the reservation do not delay it.
    // Lock: its reservation.
    internal FinalFences? FinalFences
    {
        get => FoundExtra?.FinalFences;
        set => Extra().FinalFences = value;
    }

    // Lock: its reservation.
    internal bool IsDestroyed
    {
        get => Has(DestroyedFlag);
        set => Set(DestroyedFlag, value);
    }

    // While someone who holds the reservation looks for its place, or makes its pages. Lock: its reservation.
    internal bool IsBeingPlaced
    {
        get => Has(BeingPlacedFlag);
        set => Set(BeingPlacedFlag, value);
    }

    // Areas that show it. An entry exists only while this is above 0, and whoever holds the reservation sees it.
    internal bool IsMapped => Volatile.Read(ref _mappings) > 0;

    internal int PartIndex => _flags >> PartShift; // By who made it: on which of the device's lists it is, and where its areas are kept

    internal BufferObject? PreviousObject { get; set; } // Lock: that list's

    internal BufferObject? NextObject { get; set; } // Lock: that list's

    /// <summary>Takes the reservation, waiting if need be.</summary>
    /// <param name="ticket">The ticket of a set of locks, or null.</param>
    /// <param name="noWait">Answer <see cref="MmStatus.Busy"/> instead of waiting; refused the same way together with a ticket.</param>
    /// <param name="interrupt">Ends the wait early; null for never.</param>
    /// <returns>
    /// As <see cref="Reservation.Lock(ReservationTicket?, WaitInterrupt?)"/>, or <see cref="MmStatus.Busy"/>.
    /// </returns>
    public MmStatus Reserve(ReservationTicket? ticket = null, bool noWait = false, WaitInterrupt? interrupt = null)
    {
        if (Device.IsFaulted(FaultPoint.Lock))
        {
            return noWait ? MmStatus.Busy : MmStatus.Interrupted;
        }

        if (!noWait)
        {
            return Reservation.Lock(ticket, interrupt);
        }

        return ticket is null && Reservation.TryLock() ? MmStatus.Ok : MmStatus.Busy;
    }

    /// <summary>Puts the object into a bulk move, or takes it out. Lock: its reservation.</summary>
    /// <param name="bulk">The group; null for none.</param>
    /// <exception cref="InvalidOperationException">The group's members share another reservation.</exception>
    public void SetBulkMove(BulkMove? bulk)
    {
        Reservation.AssertHeld();
        if (bulk is not null && !ReferenceEquals(bulk.Reservation, Reservation))
        {
            throw new InvalidOperationException($"'{Name}' does not share the reservation of the bulk move.");
        }

        if (Resource is { } resource)
        {
            resource.Manager.ChangeBulk(resource, bulk);
        }
        else
        {
            BulkMove = bulk;
        }

        if (Device.IsObserved)
        {
            Device.Raise(new DeviceEvent { Kind = DeviceEventKind.BulkChanged, RelatedId = bulk?.Id ?? 0 }, this);
        }
    }

    /// <summary>Makes the object the youngest in its domain and gives the reservation back.</summary>
    public void Unreserve()
    {
        Bump();
        Reservation.Unlock();
    }

    /// <summary>Makes the object the youngest in its domain. Lock: its reservation.</summary>
    public void Bump()
    {
        Reservation.AssertHeld();
        if (Resource is { } resource)
        {
            resource.Manager.Bump(resource);
            if (Device.IsObserved)
            {
                Device.Raise(new DeviceEvent { Kind = DeviceEventKind.Bumped, To = resource.Domain }, this);
            }
        }
    }

    /// <summary>Brings the object into a placement, evicting others if it must.</summary>
    /// <param name="placement">The wishes; empty drops the contents.</param>
    /// <param name="context">How to go about it; counts the bytes moved.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.OutOfMemory"/> when no wish can be fulfilled;
    /// <see cref="MmStatus.InvalidArgument"/> when it is pinned elsewhere; <see cref="MmStatus.Busy"/> when waiting was
    /// forbidden, or its bytes are without power; <see cref="MmStatus.Interrupted"/>. On failure it stays where it was.
    /// </returns>
    /// <remarks>
    /// Lock: its reservation. A copy may still run on return: its fence is on the reservation as kernel work. Cost: a few
    /// comparisons when it is in place. Source: ttm_bo_validate.
    /// </remarks>
    public MmStatus Validate(Placement placement, ref OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(placement);
        Reservation.AssertHeld();
        return Device.ValidateAsked(this, placement, ref context);
    }

    // The last reference is gone, and that was told: from now on evictors may free it.
    internal void MarkDeleted() => Volatile.Write(ref _references, DeletedReferences);

    internal int CountHandle(int change) => Interlocked.Add(ref Extra().Handles, change);

    internal void CountMapping(int change) => Interlocked.Add(ref _mappings, change);

    /// <summary>Maps the whole object into an address space.</summary>
    /// <param name="space">The address space; one made by the object's device.</param>
    /// <param name="protection">What to allow.</param>
    /// <param name="fixedAddress">Where to; null leaves that to the address space.</param>
    /// <returns>The area. It holds a reference until <see cref="AddressSpace.Unmap(VmArea)"/>.</returns>
    /// <exception cref="InvalidOperationException">A kernel object cannot be mapped.</exception>
    public VmArea Map(AddressSpace space, VmProtection protection = VmProtection.ReadWrite, ulong? fixedAddress = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (Window.PageCount == 0)
        {
            throw new InvalidOperationException($"'{Name}' is a kernel object and cannot be mapped.");
        }

        return space.Map(Device.Mapping, Device.VmOperations, new VmAreaDescription(Window, protection, this) { FixedAddress = fixedAddress });
    }

    /// <summary>Takes another reference.</summary>
    /// <exception cref="InvalidOperationException">The last one is gone: nobody may use the object any more.</exception>
    public void AddReference()
    {
        int references = Volatile.Read(ref _references);
        while (references > 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return;
            }

            references = seen;
        }

        throw new InvalidOperationException($"'{Name}' was released; a reference is taken from a reference.");
    }

    /// <summary>Drops a reference; the last one frees the memory as soon as the GPU is done with it.</summary>
    /// <exception cref="InvalidOperationException">There was none left.</exception>
    public void Release()
    {
        int references = Interlocked.Decrement(ref _references);
        if (references == 0)
        {
            Device.Destroy(this);
        }
        else if (references < 0)
        {
            throw new InvalidOperationException($"'{Name}' was released more often than it was referenced.");
        }
    }

    /// <summary>The frame behind a page, wherever the object lives. Lock: its reservation.</summary>
    /// <param name="pageIndex">Page of the object.</param>
    /// <param name="runPages">Pages that follow consecutively, this one included.</param>
    /// <returns>The frame; meaningless (and 0 run pages) while the object has no pages, or this one is in the swap store.</returns>
    public FrameIndex FrameAt(ulong pageIndex, out ulong runPages)
    {
        if (Resource is { Manager.UsesPages: false } resource)
        {
            return new FrameIndex((int)resource.Domain, resource.PageAt(pageIndex, out runPages));
        }

        if (Pages is { HasPages: true } pages && pageIndex < pages.ResidentPages)
        {
            return new FrameIndex((int)MemoryDomain.System, pages.PageAt(pageIndex, out runPages));
        }

        runPages = 0;
        return default;
    }
}
