using System;
using GpuMm.Backing;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>
/// The addresses of one user program: areas, a page table, and CPU accesses that fault until they find the right page.
/// </summary>
/// <remarks>
/// Locks: <c>_areasLock</c> guards the areas (shared by faults, exclusive to map and unmap) and comes before every
/// reservation; an access that hits takes only its page-table leaf. Safe for concurrent use.
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>Faults that one page of one access may take before it is called a live-lock.</summary>
    public const int MaxFaultsPerPage = 100_000;

    private const ulong EndOfSpace = 1ul << (PageTable.AddressBits - 1);
    private const ulong GiantBytes = (ulong)VmPageSize.Giant << Pages.Shift;

    private readonly SharedLock _areasLock = new(LockRank.AddressSpace);
    private readonly IPagingObserver? _observer;
    private readonly IPagingObserver? _accessObserver; // Null when the observer does not care, so that a hit calls nobody
    private readonly int _basePageShift;
    private readonly bool _usesHugePages;
    private VmArea[] _areas = new VmArea[16]; // Lock: _areasLock; sorted by StartAddress
    private int _areaCount; // Lock: _areasLock
    private ulong _lowestHole; // Lock: _areasLock, exclusive; below it nothing was given back since it was passed
    private long _majorFaults;

    /// <summary>An empty address space of 2^47 bytes.</summary>
    /// <param name="memory">The memories that frames name.</param>
    /// <param name="observer">Hears of accesses and faults, or null.</param>
    /// <param name="options">Page sizes; null for pages of 4 KiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The base page is not 4, 16 or 64 KiB, or too large for large entries.</exception>
    public AddressSpace(PhysicalMemory memory, IPagingObserver? observer = null, AddressSpaceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        options ??= new AddressSpaceOptions();
        _basePageShift = options.BasePageBytes switch
        {
            1 << 12 => 12,
            1 << 14 => 14,
            1 << 16 => 16,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.BasePageBytes, "A base page is 4, 16 or 64 KiB."),
        };
        if (options.UsesHugePages && _basePageShift != Pages.Shift)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.BasePageBytes, "Entries of 2 MiB and 1 GiB need base pages of 4 KiB.");
        }

        _usesHugePages = options.UsesHugePages;
        Trace = options.Trace;
        PageTable = new PageTable(memory, _basePageShift);
        _observer = observer;
        _lowestHole = LeafBytes; // Never address 0, so that a null pointer stays one.
        _accessObserver = observer is { WantsAccesses: true } ? observer : null;
    }

    /// <summary>Number of areas.</summary>
    public int AreaCount => _areaCount;

    /// <summary>Size of a base page, bytes.</summary>
    public ulong BasePageBytes => 1ul << _basePageShift;

    /// <summary>Faults that needed slow work or a second attempt.</summary>
    public long MajorFaults => System.Threading.Volatile.Read(ref _majorFaults);

    /// <summary>Managed memory of the page table, bytes: in proportion to what was touched.</summary>
    public ulong PageTableBytes => PageTable.MemoryBytes;

    /// <summary>Its number among those of whoever made it, for events; 0 for none.</summary>
    internal int Number { get; init; }

    internal PageTable PageTable { get; }

    internal IFaultTrace? Trace { get; }

    /// <summary>Frames of 4 KiB in a base page.</summary>
    internal int FramesPerPage => 1 << (_basePageShift - Pages.Shift);

    // Areas start at multiples of a leaf, so that two objects never share a leaf and its lock.
    private ulong LeafBytes => (ulong)PageTableLeaf.EntryCount << _basePageShift;

    /// <summary>The entry that an address has now; empty where there is none. For checks and dumps.</summary>
    /// <param name="address">Any address.</param>
    public Pte Translate(ulong address) => PageTable.Find(PageOf(address));

    /// <summary>The entry of one page of 4 KiB, as if the table had that base page.</summary>
    internal Pte TranslatePage(ulong address)
    {
        Pte entry = Translate(address);
        ulong skip = (address & (BasePageBytes - 1)) >> Pages.Shift;
        return entry.IsPresent && !entry.IsSubPage ? new Pte(entry.Packed + (skip << Pte.FrameShift)) : entry;
    }

    /// <summary>The area that covers an address, or null.</summary>
    /// <param name="address">Any address.</param>
    public VmArea? FindArea(ulong address)
    {
        _areasLock.EnterShared();
        try
        {
            return FindLocked(address);
        }
        finally
        {
            _areasLock.ExitShared();
        }
    }

    /// <summary>Counts the pages of a range that were used since they were mapped or last forgotten.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="sizeBytes">Bytes; widened to whole base pages.</param>
    /// <param name="isClearing">True forgets it at once.</param>
    /// <param name="dirtyPages">Base pages written.</param>
    /// <returns>Base pages read or written.</returns>
    /// <remarks>Revoking an entry forgets its bits: ask first.</remarks>
    public int CountUsedPages(ulong address, ulong sizeBytes, bool isClearing, out int dirtyPages)
    {
        if (isClearing)
        {
            _observer?.OnForget(this, address, sizeBytes);
        }

        if (sizeBytes == 0)
        {
            dirtyPages = 0;
            return 0;
        }

        ulong first = PageOf(address);
        ulong last = PageOf(address + Math.Min(sizeBytes - 1, ulong.MaxValue - address));
        return PageTable.CountUsed(first, last - first + 1, isClearing, out dirtyPages);
    }

    internal ulong PageOf(ulong address) => address >> _basePageShift;

    /// <summary>Keeps an area mapped until <see cref="ExitArea"/>; false when it is gone.</summary>
    internal bool TryEnterArea(VmArea area)
    {
        _areasLock.EnterShared();
        if (area.IsMapped)
        {
            return true;
        }

        _areasLock.ExitShared();
        return false;
    }

    internal void ExitArea() => _areasLock.ExitShared();

    internal void ExitFault() => _areasLock.ExitShared();

    /// <summary>True when an aligned large page around an address lies inside an area whose pages are in file order.</summary>
    internal bool CanHold(VmArea area, ulong address, VmPageSize size)
    {
        ulong bytes = Pages.Bytes((ulong)size);
        ulong start = address & ~(bytes - 1);
        return _usesHugePages && area.FilePages is null && start >= area.StartAddress && area.EndAddress - start >= bytes;
    }

    internal int ZapPages(VmArea area, ulong firstIndex, ulong pageCount)
    {
        ulong address = area.StartAddress + Pages.Bytes(firstIndex);
        ulong first = PageOf(address);
        int zapped = PageTable.Zap(first, PageOf(address + Pages.Bytes(pageCount) - 1) - first + 1);
        if (zapped > 0)
        {
            _observer?.OnZap(area, zapped);
        }

        return zapped;
    }

    private VmArea? FindLocked(ulong address)
    {
        int index = UpperBound(address) - 1;
        if (index < 0)
        {
            return null;
        }

        VmArea area = _areas[index];
        return address - area.StartAddress < area.SizeBytes ? area : null;
    }

    // Index of the first area that starts above the address.
    private int UpperBound(ulong address)
    {
        int low = 0;
        int high = _areaCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_areas[middle].StartAddress <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
