namespace GpuMm.Diagnostics;

/// <summary>What happened. Every kind names the fields that it fills beside number, time and object.</summary>
/// <remarks>
/// The numbers are stable: recordings keep them. New kinds go to the end of their group's free numbers. What a program asked for is
/// told when it ends, with its length as duration, or, where it takes no time, before what goes with it.
/// </remarks>
public enum DeviceEventKind : byte
{
    /// <summary>Nothing; the kind of <c>default</c>.</summary>
    None = 0,

    // The life of an object: 1 to 19.

    /// <summary>
    /// Creation begins: size, name, client, placement asked for, <see cref="CreationCode"/> as detail, <see cref="RequestCode"/>
    /// as count, number of the reservation that it shares as related id.
    /// </summary>
    ObjectCreated = 1,

    /// <summary>Creation ended in failure, and the object never was: status.</summary>
    CreateFailed = 2,

    /// <summary>The last reference is gone: count 1 when somebody held its reservation, so that it could not go at once.</summary>
    ObjectReleased = 3,

    /// <summary>The GPU is done with it too, and its memory is free.</summary>
    ObjectDestroyed = 4,

    /// <summary>It was published: related id is the name that clients open it by; 0 takes the name back.</summary>
    Named = 5,

    /// <summary>A client has a new handle: client, handle as related id.</summary>
    HandleOpened = 6,

    /// <summary>A client gave a handle up: client, handle as related id.</summary>
    HandleClosed = 7,

    /// <summary>
    /// An area shows it: address as offset, size of the area, number of the address space as related id, protection as detail;
    /// count 1 when a program mapped it, 2 when an area was split for it.
    /// </summary>
    MappingCreated = 8,

    /// <summary>
    /// An area shows it no more, or another shows this part too: address as offset, size of the area, number of the address space
    /// as related id. <see cref="RangeUnmapped"/> says what the program asked for.
    /// </summary>
    MappingRemoved = 9,

    /// <summary>It was pinned: pin count, domain as <c>To</c>.</summary>
    Pinned = 10,

    /// <summary>It was unpinned: pin count left.</summary>
    Unpinned = 11,

    /// <summary>The owner said whether contents are needed: advice as detail; count 1 when they are still there.</summary>
    Advised = 12,

    /// <summary>It joined a bulk move: number of the group as related id; 0 when it left one.</summary>
    BulkChanged = 13,

    /// <summary>
    /// What it had passes to a ghost that waits for the GPU in its stead: the new object's id as related id, its domain.
    /// </summary>
    GhostMade = 14,

    /// <summary>Somebody held its reservation, so that it was passed over: for whom as related id, 0 for nobody in particular.</summary>
    FoundLocked = 15,

    /// <summary>A program asked for its pages: status.</summary>
    PopulateEnded = 16,

    /// <summary>A program asked that its pages go to the swap store: <see cref="RequestCode"/> as count, status.</summary>
    SwapEnded = 17,

    /// <summary>It was evicted once, and somebody who wants to use it found it where it is wanted: domain as <c>To</c>.</summary>
    CameBack = 18,

    /// <summary>A kernel mapping of it in the bus window was asked for: status.</summary>
    BusMappingKept = 19,

    // Where it is: 20 to 39.

    /// <summary>
    /// A validation ended: placement asked for, status, domain as <c>To</c>, bytes moved as detail, cause; <see cref="RequestCode"/>
    /// as count, 0 when the device itself did it for something else.
    /// </summary>
    Validated = 20,

    /// <summary>
    /// A wish of the next creation, validation or queue has a window: wish as count (from 8: of a queue's allowed ones), first byte as
    /// offset, size (0: no end).
    /// </summary>
    WishWindow = 21,

    /// <summary>Space was taken: domain as <c>To</c>, offset, size; one event per range.</summary>
    SpaceTaken = 22,

    /// <summary>Space is about to be given back: domain as <c>From</c>, offset, size; one event per range.</summary>
    SpaceReturned = 23,

    /// <summary>A move begins: both domains, offset of the target, cause, evictor as related id; count 1 for a hop.</summary>
    MoveStarted = 24,

    /// <summary>
    /// A move ended: as when it started, and status. When it is <see cref="MmStatus.Ok"/> the object lives at the target; a copy
    /// that still runs has its fence's number as detail and, where the driver knows, its length as duration.
    /// </summary>
    MoveFinished = 25,

    /// <summary>It made room: domains, evictor as related id, its place in the order as count.</summary>
    Evicted = 26,

    /// <summary>An eviction walk passed it over: domain as <c>From</c>, evictor as related id, reason, place in the order as count;
    /// detail 1 when the operation itself holds its reservation.</summary>
    EvictionSkipped = 27,

    /// <summary>Contents were dropped, space and pages with them: domain as <c>From</c>.</summary>
    ContentsDropped = 28,

    /// <summary>Contents that the owner did not need were dropped to make room; follows <see cref="ContentsDropped"/>.</summary>
    Purged = 29,

    /// <summary>All its pages went to the swap store.</summary>
    SwappedOut = 30,

    /// <summary>All its pages came back from there.</summary>
    SwappedIn = 31,

    /// <summary>Some of its pages went to the store before it was full: pages as count.</summary>
    PartlyBackedUp = 32,

    /// <summary>It got pages of system RAM: size of them.</summary>
    Populated = 33,

    /// <summary>It became the youngest of its priority.</summary>
    Bumped = 34,

    /// <summary>All members of a group became the youngest: number of the group as related id.</summary>
    BulkBumped = 35,

    /// <summary>The aperture's table shows it to the GPU: pages as count; detail 1 when a program asked for it.</summary>
    BoundToAperture = 36,

    /// <summary>There is no direct way: the move stops on the way in the domain <c>To</c>, and begins anew from there.</summary>
    MoveRerouted = 37,

    /// <summary>Pages of system RAM were given back: size of them; object 0 when it lives elsewhere already.</summary>
    Unpopulated = 38,

    /// <summary>It left the bus window for another, whose id is the related id; its mappings are gone.</summary>
    BusWindowLost = 39,

    // The CPU and the GPU use it: 40 to 59.

    /// <summary>A CPU fault begins: byte of the object as offset; detail 1 for a write, 2 more when a signal may break it off, 4 more when one was raised.</summary>
    FaultEntered = 40,

    /// <summary>It ended: entries inserted as count, the handler's answer as detail.</summary>
    FaultServed = 41,

    /// <summary>Entries were revoked: as many as count; how long that took as duration.</summary>
    Zapped = 42,

    /// <summary>
    /// The CPU read or wrote: byte of the object as offset, bytes, domain as <c>To</c>; detail 1 for a write, and 2 more when the
    /// same access goes on elsewhere; address as related id, number of the address space as count; how long before it
    /// began to fault as duration.
    /// </summary>
    CpuAccess = 43,

    /// <summary>Somebody waited for the GPU: number of the fence as detail, how long as duration.</summary>
    FenceWaited = 44,

    /// <summary>A submission begins: objects as count, client, number of the queue as related id, the earliest start as offset, ns.</summary>
    ReservedAll = 45,

    /// <summary>A job of a submission uses it: number of the job's fence as detail, bytes read as size.</summary>
    Used = 46,

    /// <summary>A job was queued: number of its fence as detail, objects as count, client, time on the engine as duration,
    /// number of the queue as related id, the time beside reading as offset, ns.</summary>
    Submitted = 47,

    /// <summary>
    /// An access of the CPU found nothing, or only asked for the page: address as related id, number of the address space as
    /// count; detail 1 for a write, and 2 more for a fault that may not wait; status; how long before it began as duration.
    /// </summary>
    AccessFaulted = 48,

    /// <summary>A program unmaps what lies in a range: address as offset, size, number of the address space as related id.</summary>
    RangeUnmapped = 49,

    /// <summary>A program changes what a range allows: as <see cref="RangeUnmapped"/>, protection as detail.</summary>
    RangeProtected = 50,

    /// <summary>A program shows other file pages in a range: as <see cref="RangeUnmapped"/>, the first file page as detail.</summary>
    FilePagesRemapped = 51,

    /// <summary>A program forgets which pages of a range were used: as <see cref="RangeUnmapped"/>.</summary>
    UsageForgotten = 52,

    /// <summary>An address space was made: number as related id, base page as size; detail 1 when it may use large pages.</summary>
    SpaceOpened = 53,

    /// <summary>A GPU address space was made: number as related id, first address as offset, size, its reservation's number as detail.</summary>
    GpuVmOpened = 54,

    /// <summary>A GPU address space goes, and all its mappings: number as related id.</summary>
    GpuVmClosed = 55,

    /// <summary>
    /// GPU addresses show an object, 0 for none: number of the address space as related id, address as offset, size; byte of the
    /// object as detail.
    /// </summary>
    GpuMapped = 56,

    /// <summary>GPU addresses show nothing any more: number of the address space as related id, address as offset, size.</summary>
    GpuUnmapped = 57,

    /// <summary>
    /// A debugger read or wrote past the page table: as <see cref="CpuAccess"/>, and status. An offset of the object's size is none of
    /// its bytes.
    /// </summary>
    RemoteAccess = 58,

    /// <summary>A bulk move was made: number as related id, number of its reservation as detail.</summary>
    BulkMade = 59,

    // The device: 60 and above.

    /// <summary>A limit changed: domain as <c>To</c>, group as related id, which one as count, bytes as size.</summary>
    LimitChanged = 60,

    /// <summary>The card's own memory is without power: status; not <see cref="MmStatus.Ok"/> when it runs on; <see cref="RequestCode"/> as count.</summary>
    DeviceSuspended = 61,

    /// <summary>It has power again: objects lost as count.</summary>
    DeviceResumed = 62,

    /// <summary>The device was reset: objects lost as count; detail 1 when the memory lost its contents.</summary>
    DeviceReset = 63,

    /// <summary>The device was pulled out.</summary>
    DeviceUnplugged = 64,

    /// <summary>An object's contents went with the device's memory.</summary>
    ContentsLost = 65,

    /// <summary>Its owner took note of that.</summary>
    LossAcknowledged = 66,

    /// <summary>A program asked for room among the system pages: pages wanted as detail, bytes freed as size, <see cref="RequestCode"/> as count.</summary>
    SwapOutEnded = 67,

    /// <summary>A program asked for room ahead of need: domain as <c>To</c>, bytes wanted as size, bytes given up as detail, <see cref="RequestCode"/> as count.</summary>
    EvictAheadEnded = 68,

    /// <summary>A program asked for what can be given back: pieces as count. Not told when nothing waited.</summary>
    Reaped = 69,

    /// <summary>A client came: client, name.</summary>
    ClientOpened = 70,

    /// <summary>A client went, and all that it held: client, name.</summary>
    ClientClosed = 71,

    /// <summary>A group was made: number as related id, its parent's as detail, name.</summary>
    GroupCreated = 72,

    /// <summary>A group was removed: number as related id.</summary>
    GroupRemoved = 73,

    /// <summary>A group's peak begins anew: domain as <c>To</c>, group as related id.</summary>
    PeakReset = 74,

    /// <summary>A kernel mapping of an object in the bus window ended.</summary>
    BusMappingDropped = 75,

    /// <summary>Failures are planned from now on: detail 1; 0 for none any more.</summary>
    FaultsPlanned = 76,

    /// <summary>A planned failure: point as count; which call of that point, since the plan came, as detail.</summary>
    FaultInjected = 77,

    /// <summary>
    /// A queue of work was made: number as related id, name, client, priority as count, most pending jobs as size; the preferred
    /// placement, packed wishes of the allowed one as offset, and as detail how many these are and how the queue chooses.
    /// </summary>
    QueueOpened = 78,
}
