namespace GpuMm.Primitives;

/// <summary>
/// The order in which one thread may take locks: upward only. The numbers are the lock order of the whole library,
/// outermost first.
/// </summary>
internal enum LockRank : byte
{
    None = 0,

    /// <summary>The areas of one address space (<c>mmap_lock</c>).</summary>
    AddressSpace = 10,

    /// <summary>One object's lock and fences. Several are held only through one acquire context.</summary>
    Reservation = 20,

    /// <summary>The order in which limits of groups are set and told.</summary>
    GroupLimits = 25,

    /// <summary>The tree of areas that map one device's objects.</summary>
    AddressMapping = 30,

    /// <summary>One leaf of a page table.</summary>
    PageTable = 40,

    /// <summary>What groups of objects use and are promised.</summary>
    Groups = 45,

    /// <summary>The space and the eviction lists of one domain.</summary>
    ResourceManager = 50,

    /// <summary>Notes of who became the youngest, inside the order's lock.</summary>
    BumpBuffer = 55,

    /// <summary>The device's list of objects and its queue of postponed releases.</summary>
    Registry = 60,

    /// <summary>The order of a device's events; observers are called under it, so that they need no lock.</summary>
    Events = 70,
}
