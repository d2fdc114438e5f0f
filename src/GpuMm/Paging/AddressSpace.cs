using System;
using System.Diagnostics;
using GpuMm.Backing;
using GpuMm.Primitives;
using GpuMm.Ranges;

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

    // Areas start at multiples of a leaf, so that two objects never share a leaf and its lock.
    private const ulong AreaAlignmentBytes = PageTableLeaf.EntryCount * Pages.SizeBytes;

    private readonly SharedLock _areasLock = new(LockRank.AddressSpace);
    private readonly RangeSpace _addresses = new(1ul << (PageTable.AddressBits - 1)); // Lock: _areasLock, exclusive
    private readonly IPagingObserver? _observer;
    private VmArea[] _areas = new VmArea[16]; // Lock: _areasLock; sorted by StartAddress
    private int _areaCount; // Lock: _areasLock

    /// <summary>An empty address space of 2^47 bytes.</summary>
    /// <param name="memory">The memories that frames name.</param>
    /// <param name="observer">Hears of accesses and faults, or null.</param>
    public AddressSpace(PhysicalMemory memory, IPagingObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        PageTable = new PageTable(memory);
        _observer = observer;
    }

    /// <summary>Number of areas.</summary>
    public int AreaCount => _areaCount;

    internal PageTable PageTable { get; }

    /// <summary>Maps a window of a device file at an address of the space's choice.</summary>
    /// <param name="mapping">The device file.</param>
    /// <param name="operations">Who answers the faults.</param>
    /// <param name="description">What to map.</param>
    /// <returns>The area; nothing is present in it yet.</returns>
    /// <remarks>Cost: O(log areas + areas moved), one object.</remarks>
    public VmArea Map(AddressMapping mapping, IVmOperations operations, in VmAreaDescription description)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(operations);
        if (description.Window.PageCount is 0 or >= 1ul << (PageTable.AddressBits - 1 - Pages.Shift))
        {
            throw new ArgumentOutOfRangeException(
                nameof(description), description.Window.PageCount, "An area has at least one page and less than 2^47 bytes.");
        }

        VmArea area = new(this, mapping, operations, description);
        _areasLock.EnterExclusive();
        try
        {
            RangeList ranges = default;
            MmStatus status = _addresses.TryAllocate(new SpaceRequest(area.SizeBytes, AreaAlignmentBytes), ref ranges);
            if (status != MmStatus.Ok)
            {
                throw new InvalidOperationException("The address space has no hole of 0x" + area.SizeBytes.ToString("x", null) + " bytes.");
            }

            area.StartAddress = ranges[0].Range.StartBytes;
            area.AddressHandle = ranges[0].Handle;
            InsertLocked(area);
            area.IsMapped = true;
            mapping.Add(area);
            operations.Open(area);
        }
        finally
        {
            _areasLock.ExitExclusive();
        }

        return area;
    }

    /// <summary>Removes an area and its entries.</summary>
    /// <param name="area">An area of this space.</param>
    /// <exception cref="InvalidOperationException">It belongs elsewhere or is unmapped already.</exception>
    public void Unmap(VmArea area)
    {
        ArgumentNullException.ThrowIfNull(area);
        _areasLock.EnterExclusive();
        try
        {
            if (!ReferenceEquals(area.Space, this) || !area.IsMapped)
            {
                throw new InvalidOperationException("The area is not mapped in this address space.");
            }

            // Entries first: until the area leaves the mapping a move still finds it, and no fault can add one now.
            area.IsMapped = false;
            PageTable.Zap(area.StartAddress >> Pages.Shift, area.Window.PageCount);
            area.Mapping.Remove(area);
            RemoveLocked(area);
            RangeList ranges = default;
            ranges.Add(new SpaceRange(new ByteRange(area.StartAddress, area.SizeBytes), area.AddressHandle));
            _addresses.Release(ref ranges);
            area.Operations.Close(area);
        }
        finally
        {
            _areasLock.ExitExclusive();
        }
    }

    /// <summary>The entry that an address has now; empty where there is none. For checks and dumps.</summary>
    /// <param name="address">Any address.</param>
    public Pte Translate(ulong address) => PageTable.Find(address >> Pages.Shift);

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

    internal int ZapPages(VmArea area, ulong filePage, ulong pageCount)
    {
        int zapped = PageTable.Zap(area.AddressOf(filePage) >> Pages.Shift, pageCount);
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

    private void InsertLocked(VmArea area)
    {
        if (_areaCount == _areas.Length)
        {
            Array.Resize(ref _areas, _areaCount * 2);
        }

        int at = UpperBound(area.StartAddress);
        Array.Copy(_areas, at, _areas, at + 1, _areaCount - at);
        _areas[at] = area;
        _areaCount++;
    }

    private void RemoveLocked(VmArea area)
    {
        int at = UpperBound(area.StartAddress) - 1;
        Debug.Assert(ReferenceEquals(_areas[at], area), "The area is where its address says.");
        Array.Copy(_areas, at + 1, _areas, at, _areaCount - at - 1);
        _areas[--_areaCount] = null!;
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
