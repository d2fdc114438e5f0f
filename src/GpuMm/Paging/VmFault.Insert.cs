using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <content>Inserting entries.</content>
public ref partial struct VmFault
{
    private const int GroupPages = 16; // 64 KiB

    /// <summary>Inserts one entry for the faulting base page.</summary>
    /// <param name="frame">Its first frame.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="heldLock">As for <see cref="InsertPtes"/>.</param>
    /// <param name="isReadOnly">Writes go through <see cref="IVmOperations.MakeWritable"/> first.</param>
    public void InsertPte(FrameIndex frame, Caching caching, Reservation heldLock, bool isReadOnly = false)
    {
        CheckInsertion(heldLock);
        Area.Space.PageTable.Insert(Area.Space.PageOf(Address), EntryFor(frame, caching, isReadOnly), 1);
        CountInserted(Area.Space.FramesPerPage);
    }

    /// <summary>
    /// Inserts entries for consecutive pages of one run of frames. Entries that are present already are kept.
    /// </summary>
    /// <param name="filePage">
    /// First file page, at the start of a base page; inside the area's window. In a non-linear area only what follows the
    /// faulting page in the area as it does in the file is inserted.
    /// </param>
    /// <param name="firstFrame">The frame of that page; the next page has the next frame.</param>
    /// <param name="pageCount">Pages of 4 KiB, clipped to the end of the area; what does not fill a base page is left.</param>
    /// <param name="caching">How the CPU's caches treat them.</param>
    /// <param name="heldLock">
    /// The lock under which whatever revokes these entries also runs: the one that <see cref="IVmOperations.LockOf"/>
    /// declares. It must be held: that is what makes a stale entry impossible.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The lock is not held, is not the declared one, or the address-space lock was dropped.
    /// </exception>
    public void InsertPtes(ulong filePage, FrameIndex firstFrame, int pageCount, Caching caching, Reservation heldLock)
    {
        CheckInsertion(heldLock);
        ArgumentOutOfRangeException.ThrowIfNegative(pageCount);
        ulong index = IndexOf(filePage, out ulong left);
        int count = (int)Math.Min((ulong)pageCount, left);
        if (Area.FilePages is { } filePages)
        {
            int run = 1;
            while (run < count && filePages[(int)index + run] == filePage + (ulong)run)
            {
                run++;
            }

            count = run;
        }

        int perPage = Area.Space.FramesPerPage;
        count -= count % perPage;
        Area.Space.PageTable.Insert(
            Area.Space.PageOf(Area.StartAddress + Pages.Bytes(index)), EntryFor(firstFrame, caching, isReadOnly: false), count / perPage);
        CountInserted(count);
    }

    /// <summary>Inserts the 16 entries of the 64 KiB around the faulting address as one group, which is revoked as one.</summary>
    /// <param name="firstFrame">The frame at the start of the 64 KiB; a multiple of 16.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="heldLock">As for <see cref="InsertPtes"/>.</param>
    /// <returns>False when address, frame or area do not allow it, and nothing was inserted.</returns>
    public bool TryInsertGroup(FrameIndex firstFrame, Caching caching, Reservation heldLock)
    {
        CheckInsertion(heldLock);
        ulong start = Address & ~(Pages.Bytes(GroupPages) - 1);
        bool fits = Area.Space.FramesPerPage == 1 && Area.FilePages is null && firstFrame.PageIndex % GroupPages == 0 &&
            start >= Area.StartAddress && Area.EndAddress - start >= Pages.Bytes(GroupPages);
        if (fits)
        {
            Pte entry = new(EntryFor(firstFrame, caching, isReadOnly: false).Packed | Pte.GroupBit);
            Area.Space.PageTable.Insert(Area.Space.PageOf(start), entry, GroupPages);
            CountInserted(GroupPages);
        }

        return fits;
    }

    /// <summary>
    /// Shows one hardware page of 4 KiB in each of the 4 KiB pieces of the faulting base page, so that nothing beside it
    /// can be reached. In a space of 4 KiB pages an ordinary entry.
    /// </summary>
    /// <param name="frame">The hardware page.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="heldLock">As for <see cref="InsertPtes"/>.</param>
    public void InsertSubPage(FrameIndex frame, Caching caching, Reservation heldLock)
    {
        CheckInsertion(heldLock);
        Pte entry = new(EntryFor(frame, caching, isReadOnly: false).Packed | (Area.Space.FramesPerPage > 1 ? Pte.SubPageBit : 0));
        Area.Space.PageTable.Insert(Area.Space.PageOf(Address), entry, 1);
        CountInserted(1);
    }

    /// <summary>Shows one run of frames in every base page of the whole area: all that is left of a device that went.</summary>
    /// <param name="frame">The frame of each page.</param>
    /// <param name="heldLock">As for <see cref="InsertPtes"/>.</param>
    public void InsertEverywhere(FrameIndex frame, Reservation heldLock)
    {
        CheckInsertion(heldLock);
        int perPage = Area.Space.FramesPerPage;
        Pte entry = EntryFor(frame, Caching.Cached, isReadOnly: false);
        ulong pageCount = Area.Window.PageCount / (ulong)perPage;
        ulong page = Area.Space.PageOf(Area.StartAddress);
        while (pageCount > 0)
        {
            int count = (int)Math.Min(pageCount, 1 << 20);
            Area.Space.PageTable.Insert(
                page, perPage > 1 ? new Pte(entry.Packed | Pte.SubPageBit) : entry, count, isSameFrame: true);
            CountInserted(count * perPage);
            page += (ulong)count;
            pageCount -= (ulong)count;
        }
    }

    /// <summary>Inserts one large entry around the faulting address.</summary>
    /// <param name="size">The size that <see cref="IVmOperations.HugeFault"/> was asked for.</param>
    /// <param name="firstFrame">The frame at the start of it; a multiple of the size.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="heldLock">As for <see cref="InsertPtes"/>.</param>
    /// <returns>False when the frame is not aligned or small entries are there already.</returns>
    public bool TryInsertHuge(VmPageSize size, FrameIndex firstFrame, Caching caching, Reservation heldLock)
    {
        CheckInsertion(heldLock);
        ulong pageCount = (ulong)size;
        ulong start = Address & ~(Pages.Bytes(pageCount) - 1);
        bool fits = size != VmPageSize.Base && Area.Space.CanHold(Area, Address, size) && firstFrame.PageIndex % pageCount == 0 &&
            Area.Space.PageTable.TryInsertHuge(Area.Space.PageOf(start), EntryFor(firstFrame, caching, isReadOnly: false), pageCount);
        CountInserted(fits ? (int)pageCount : 0);
        return fits;
    }

    /// <summary>Inserts one entry unless something was revoked since a sample was taken: the check of the nopage contract.</summary>
    internal bool TryInsertUnlessZapped(FrameIndex frame, Caching caching, ulong zapCount)
    {
        bool isInserted = Area.Space.PageTable.TryInsertUnlessZapped(
            Area.Space.PageOf(Address), EntryFor(frame, caching, isReadOnly: false), Area.Mapping, zapCount);
        CountInserted(isInserted ? Area.Space.FramesPerPage : 0);
        return isInserted;
    }

    /// <summary>Inserts what the handler left, if its place is still empty, with no lock to speak of.</summary>
    internal void InsertReturnedPage(FrameIndex frame, Caching caching)
    {
        Area.Space.PageTable.Insert(Area.Space.PageOf(Address), EntryFor(frame, caching, isReadOnly: false), 1);
        CountInserted(Area.Space.FramesPerPage);
    }

    private readonly Pte EntryFor(FrameIndex frame, Caching caching, bool isReadOnly) => new(
        frame, Area.Caching ?? caching, !isReadOnly && (Area.Protection & VmProtection.Write) != 0);

    private readonly void CheckInsertion(Reservation heldLock)
    {
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.AssertHeld();
        if (IsSpaceLockDropped)
        {
            throw new InvalidOperationException("Entries cannot be inserted after the address-space lock was dropped.");
        }

        if (Area.Operations.LockOf(Area) is { } declared && !ReferenceEquals(declared, heldLock))
        {
            throw new InvalidOperationException("Entries are inserted under the lock that the handler declares, and no other.");
        }
    }

    // Where in the area a file page is, and how many pages follow to its end.
    private readonly ulong IndexOf(ulong filePage, out ulong left)
    {
        ulong index = Area.FilePages is null
            ? filePage - Area.Window.FirstPage
            : (PageAddress - Area.StartAddress) >> Pages.Shift; // The base page: entries begin there
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Area.Window.PageCount, nameof(filePage));
        left = Area.Window.PageCount - index;
        return Area.FilePages is null || Area.FilePages[index] == filePage
            ? index
            : throw new ArgumentOutOfRangeException(nameof(filePage), filePage, "In a non-linear area insertion starts at the faulting page.");
    }

    private void CountInserted(int pageCount)
    {
        InsertedCount += pageCount;
        if (pageCount > 0)
        {
            Trace(FaultStep.Inserted, (ulong)pageCount);
        }
    }
}
