using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>One access that found no usable entry, on its way through a handler.</summary>
public ref struct VmFault
{
    internal VmFault(VmArea area, ulong address, VmFaultFlags flags)
    {
        Area = area;
        Address = address;
        Flags = flags;
    }

    /// <summary>The area that was hit.</summary>
    public VmArea Area { get; }

    /// <summary>The full faulting address, with the bits inside the page.</summary>
    public ulong Address { get; }

    /// <summary>About the access.</summary>
    public VmFaultFlags Flags { get; }

    /// <summary>The file page that the address shows.</summary>
    public readonly ulong FilePage => Area.Window.FirstPage + ((Address - Area.StartAddress) >> Pages.Shift);

    /// <summary>Entries inserted so far.</summary>
    public int InsertedCount { get; private set; }

    /// <summary>True after <see cref="DropSpaceLock"/>.</summary>
    public bool IsSpaceLockDropped { get; private set; }

    /// <summary>True when the handler may wait outside the lock and answer <see cref="VmFaultResult.Retry"/>.</summary>
    public readonly bool IsFirstRetryableAttempt => (Flags & (VmFaultFlags.AllowRetry | VmFaultFlags.Tried)) == VmFaultFlags.AllowRetry;

    /// <summary>Drops the address-space lock before a wait; the handler must then answer <see cref="VmFaultResult.Retry"/>.</summary>
    /// <exception cref="InvalidOperationException">It was dropped already, or a retry is not allowed.</exception>
    public void DropSpaceLock()
    {
        if (IsSpaceLockDropped || !IsFirstRetryableAttempt || (Flags & VmFaultFlags.RetryNoWait) != 0)
        {
            throw new InvalidOperationException("The address-space lock is dropped at most once, and only on a retryable attempt.");
        }

        IsSpaceLockDropped = true;
        Area.Space.ExitFault();
    }

    /// <summary>
    /// Inserts entries for consecutive pages of one run of frames. Entries that are present already are kept.
    /// </summary>
    /// <param name="filePage">First file page; inside the area's window.</param>
    /// <param name="firstFrame">The frame of that page; the next page has the next frame.</param>
    /// <param name="pageCount">Pages, clipped to the end of the area.</param>
    /// <param name="caching">How the CPU's caches treat them.</param>
    /// <param name="heldLock">
    /// The lock under which whatever revokes these entries also runs. It must be held: that is what makes a stale entry
    /// impossible.
    /// </param>
    /// <exception cref="InvalidOperationException">The lock is not held, or the address-space lock was dropped.</exception>
    public void InsertPtes(ulong filePage, FrameIndex firstFrame, int pageCount, Caching caching, Reservation heldLock)
    {
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.AssertHeld();
        if (IsSpaceLockDropped)
        {
            throw new InvalidOperationException("Entries cannot be inserted after the address-space lock was dropped.");
        }

        ulong skip = filePage - Area.Window.FirstPage;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(skip, Area.Window.PageCount, nameof(filePage));
        int count = (int)Math.Min((ulong)pageCount, Area.Window.PageCount - skip);
        bool isWritable = (Area.Protection & VmProtection.Write) != 0;
        Area.Space.PageTable.Insert(
            Area.AddressOf(filePage) >> Pages.Shift, new Pte(firstFrame, caching, isWritable), count);
        InsertedCount += count;
    }
}
