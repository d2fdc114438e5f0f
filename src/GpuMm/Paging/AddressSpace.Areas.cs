using System;
using System.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <content>Mapping, unmapping, and what becomes of the parts.</content>
public sealed partial class AddressSpace
{
    /// <summary>Maps a window of a device file.</summary>
    /// <param name="mapping">The device file.</param>
    /// <param name="operations">Who answers the faults.</param>
    /// <param name="description">What to map.</param>
    /// <returns>The area; nothing is present in it yet.</returns>
    /// <exception cref="ArgumentException">It can never be mapped as described.</exception>
    /// <exception cref="InvalidOperationException">There is no room for it.</exception>
    public VmArea Map(AddressMapping mapping, IVmOperations operations, in VmAreaDescription description)
    {
        MmStatus status = TryMap(mapping, operations, description, out VmArea? area);
        return status switch
        {
            MmStatus.Ok => area!,
            MmStatus.InvalidArgument => throw new ArgumentException(
                "This cannot be mapped so: private and writable, not aligned to the base page, or refused by its owner.", nameof(description)),
            _ => throw new InvalidOperationException(
                $"The address space has no room for 0x{Pages.Bytes(description.Window.PageCount):x} bytes there ({status})."),
        };
    }

    /// <summary>Maps a window of a device file, or says why not.</summary>
    /// <param name="mapping">The device file.</param>
    /// <param name="operations">Who answers the faults.</param>
    /// <param name="description">What to map.</param>
    /// <param name="area">
    /// The area, or null. At a fixed address beside an area that shows what comes before or after in the same way, it is
    /// that area, grown.
    /// </param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/> when it is private and writable, not aligned, or
    /// refused by its owner; <see cref="MmStatus.Overlap"/> when the fixed address is taken; <see cref="MmStatus.NoSpace"/>.
    /// </returns>
    /// <remarks>
    /// When <see cref="IVmOperations.Open"/> throws, its exception comes out here and nothing has changed. Cost: O(areas) to
    /// move the tail of the sorted list, one object.
    /// </remarks>
    public MmStatus TryMap(AddressMapping mapping, IVmOperations operations, in VmAreaDescription description, out VmArea? area)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(operations);
        if (description.Window.PageCount is 0 or >= EndOfSpace >> Pages.Shift)
        {
            throw new ArgumentOutOfRangeException(
                nameof(description), description.Window.PageCount, "An area has at least one page and less than 2^47 bytes.");
        }

        if (!IsFileRange(description.Window.FirstPage, description.Window.PageCount))
        {
            throw new ArgumentOutOfRangeException(
                nameof(description), description.Window.FirstPage, "A device file has 2^52 pages; the window reaches beyond them.");
        }

        area = null;
        MmStatus status = Check(operations, description);
        if (status != MmStatus.Ok)
        {
            return status;
        }

        VmArea made = new(this, mapping, operations, description);
        _areasLock.EnterExclusive();
        ulong lowestHole = _lowestHole;
        try
        {
            status = TryPlaceLocked(made, description);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            // The owner first: one that throws leaves nothing behind, not even a hole where something was replaced.
            GrowLocked(3);
            operations.Open(made);
            MakeRoomLocked(made, description);
            made.IsMapped = true;
            InsertLocked(made);
            mapping.Add(made);
            area = description.FixedAddress is null ? made : MergeLocked(made);
            return MmStatus.Ok;
        }
        finally
        {
            _lowestHole = area is null ? Math.Min(_lowestHole, lowestHole) : _lowestHole;
            _areasLock.ExitExclusive();
        }
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

            _observer?.OnUnmap(this, area.StartAddress, area.SizeBytes);
            RemoveLocked(area);
        }
        finally
        {
            _areasLock.ExitExclusive();
        }
    }

    /// <summary>Removes whatever is mapped in a range; areas that reach out of it are split first.</summary>
    /// <param name="address">First byte; at the start of a base page.</param>
    /// <param name="sizeBytes">Bytes; whole base pages.</param>
    /// <returns><see cref="MmStatus.Ok"/>, also when nothing is mapped there; <see cref="MmStatus.InvalidArgument"/>.</returns>
    public MmStatus Unmap(ulong address, ulong sizeBytes)
    {
        if (!IsRange(address, sizeBytes))
        {
            return MmStatus.InvalidArgument;
        }

        _areasLock.EnterExclusive();
        try
        {
            _observer?.OnUnmap(this, address, sizeBytes);
            UnmapLocked(address, sizeBytes);
            return MmStatus.Ok;
        }
        finally
        {
            _areasLock.ExitExclusive();
        }
    }

    /// <summary>Changes what a range allows. Areas that reach out of it are split, equal neighbours are merged.</summary>
    /// <param name="address">First byte; at the start of a base page.</param>
    /// <param name="sizeBytes">Bytes; whole base pages.</param>
    /// <param name="protection">What to allow.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.OutOfMemory"/> when part of it is not mapped, as the kernel answers;
    /// <see cref="MmStatus.InvalidArgument"/> when it is no range of base pages, or private and to be writable.
    /// </returns>
    public MmStatus Protect(ulong address, ulong sizeBytes, VmProtection protection)
    {
        if (!IsRange(address, sizeBytes))
        {
            return MmStatus.InvalidArgument;
        }

        _areasLock.EnterExclusive();
        try
        {
            MmStatus status = CheckProtectLocked(address, sizeBytes, protection);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            _observer?.OnProtect(this, address, sizeBytes, protection);
            SplitLocked(address);
            SplitLocked(address + sizeBytes);
            int index = UpperBound(address) - 1;
            while (index < _areaCount && _areas[index].StartAddress < address + sizeBytes)
            {
                ProtectLocked(_areas[index], protection);
                VmArea merged = MergeLocked(_areas[index]);
                index = UpperBound(merged.StartAddress);
            }

            return MmStatus.Ok;
        }
        finally
        {
            _areasLock.ExitExclusive();
        }
    }

    /// <summary>Shows other file pages in a part of an area, which makes it non-linear.</summary>
    /// <param name="address">First byte; at the start of a base page, inside an area.</param>
    /// <param name="sizeBytes">Bytes; whole base pages, inside that area.</param>
    /// <param name="filePage">The file page to show first; the next follow it.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/> when one shared area does not cover the range.
    /// </returns>
    /// <remarks>
    /// Nothing is present there afterwards: the area's handler is asked for the new pages. Cost: O(pages of the area).
    /// Source: remap_file_pages.
    /// </remarks>
    public MmStatus RemapFilePages(ulong address, ulong sizeBytes, ulong filePage)
    {
        if (!IsRange(address, sizeBytes) || filePage % (ulong)FramesPerPage != 0 || !IsFileRange(filePage, sizeBytes >> Pages.Shift))
        {
            return MmStatus.InvalidArgument;
        }

        _areasLock.EnterExclusive();
        try
        {
            VmArea? area = FindLocked(address);
            if (area is null || area.IsPrivate || area.EndAddress - address < sizeBytes || area.Window.PageCount > int.MaxValue)
            {
                return MmStatus.InvalidArgument;
            }

            ulong[] filePages = area.FilePages is { } old ? [.. old] : Linear(area.Window);
            ulong first = (address - area.StartAddress) >> Pages.Shift;
            for (ulong i = 0; i < sizeBytes >> Pages.Shift; i++)
            {
                filePages[first + i] = filePage + i;
            }

            // Entries first: until the window changes a move still finds them, and no fault can add one now.
            _observer?.OnRemap(this, address, sizeBytes, filePage);
            PageTable.Zap(PageOf(address), PageOf(sizeBytes));
            area.Mapping.Change(area, area.Window, IsLinear(filePages, area.Window) ? null : filePages, null, null);
            return MmStatus.Ok;
        }
        finally
        {
            _areasLock.ExitExclusive();
        }
    }

    private MmStatus Check(IVmOperations operations, in VmAreaDescription description)
    {
        bool isWritable = (description.Protection & VmProtection.Write) != 0;
        bool isAligned = description.Window.PageCount % (ulong)FramesPerPage == 0 &&
            (description.FixedAddress is not { } address || IsRange(address, Pages.Bytes(description.Window.PageCount)));
        return (description.IsPrivate && isWritable) || !isAligned ? MmStatus.InvalidArgument : operations.CheckMap(this, description);
    }

    private bool IsRange(ulong address, ulong sizeBytes) =>
        sizeBytes != 0 && sizeBytes <= EndOfSpace && address <= EndOfSpace - sizeBytes && ((address | sizeBytes) & (BasePageBytes - 1)) == 0;

    private static bool IsFileRange(ulong firstPage, ulong pageCount) =>
        pageCount <= PageWindow.MaxFilePages && firstPage <= PageWindow.MaxFilePages - pageCount;

    private MmStatus CheckProtectLocked(ulong address, ulong sizeBytes, VmProtection protection)
    {
        for (ulong at = address; at < address + sizeBytes;)
        {
            VmArea? area = FindLocked(at);
            if (area is null)
            {
                return MmStatus.OutOfMemory;
            }

            if (area.IsPrivate && (protection & VmProtection.Write) != 0)
            {
                return MmStatus.InvalidArgument;
            }

            at = area.EndAddress;
        }

        return MmStatus.Ok;
    }

    private static ulong[] Linear(PageWindow window)
    {
        ulong[] pages = new ulong[window.PageCount];
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = window.FirstPage + (ulong)i;
        }

        return pages;
    }

    private static bool IsLinear(ulong[] filePages, PageWindow window)
    {
        int i = 0;
        while (i < filePages.Length && filePages[i] == window.FirstPage + (ulong)i)
        {
            i++;
        }

        return i == filePages.Length;
    }

    private void InsertLocked(VmArea area)
    {
        GrowLocked(1);
        int at = UpperBound(area.StartAddress);
        Array.Copy(_areas, at, _areas, at + 1, _areaCount - at);
        _areas[at] = area;
        _areaCount++;
    }

    private void GrowLocked(int count)
    {
        if (_areaCount + count > _areas.Length)
        {
            Array.Resize(ref _areas, _areas.Length * 2);
        }
    }

    private void RemoveFromListLocked(VmArea area)
    {
        int at = UpperBound(area.StartAddress) - 1;
        Debug.Assert(ReferenceEquals(_areas[at], area), "The area is where its address says.");
        Array.Copy(_areas, at + 1, _areas, at, _areaCount - at - 1);
        _areas[--_areaCount] = null!;
    }
}
