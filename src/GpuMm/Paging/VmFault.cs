using System;
using GpuMm.Backing;
using GpuMm.Fences;

namespace GpuMm.Paging;

/// <summary>One access that found no usable entry, on its way through a handler.</summary>
public ref partial struct VmFault
{
    internal VmFault(VmArea area, ulong address, VmFaultFlags flags, Pte original, WaitInterrupt? interrupt)
    {
        Interrupt = interrupt;
        Area = area;
        Address = address;
        Flags = original.IsPresent ? flags | VmFaultFlags.OriginalPteValid : flags;
        OriginalPte = original;
    }

    /// <summary>The area that was hit.</summary>
    public VmArea Area { get; }

    /// <summary>The full faulting address, with the bits inside the page.</summary>
    public ulong Address { get; }

    /// <summary>The faulting address without the bits inside the base page.</summary>
    public readonly ulong PageAddress => Address & ~(Area.Space.BasePageBytes - 1);

    /// <summary>About the access.</summary>
    public VmFaultFlags Flags { get; }

    /// <summary>The entry that the access met, when <see cref="VmFaultFlags.OriginalPteValid"/> is set.</summary>
    public Pte OriginalPte { get; }

    /// <summary>What the page-table slot of the faulting page holds now; empty where nothing is present yet.</summary>
    public readonly Pte CurrentPte => Area.Space.Translate(Address);

    /// <summary>
    /// Breaks off what the handler waits for; null for never. Set together with <see cref="VmFaultFlags.Interruptible"/>. A
    /// handler whose wait was broken off answers as if it had ended, or <see cref="VmFaultResult.NoPage"/> with nothing inserted.
    /// </summary>
    public WaitInterrupt? Interrupt { get; }

    /// <summary>The file page that the address shows, the kernel's page offset; counted in pages of 4 KiB.</summary>
    public readonly ulong FilePage => Area.FilePageAt(Address);

    /// <summary>Pages of 4 KiB shown by what was inserted so far.</summary>
    public int InsertedCount { get; private set; }

    /// <summary>True once the address-space lock was given back.</summary>
    public bool IsSpaceLockDropped { get; private set; }

    /// <summary>True when the handler may wait outside the lock and answer <see cref="VmFaultResult.Retry"/>.</summary>
    public readonly bool IsFirstRetryableAttempt => (Flags & (VmFaultFlags.AllowRetry | VmFaultFlags.Tried)) == VmFaultFlags.AllowRetry;

    internal bool IsCompleted { get; private set; }

    internal bool HasPage { get; private set; }

    internal FrameIndex PageFrame { get; private set; }

    internal Caching PageCaching { get; private set; }

    internal Reservation? PageLock { get; private set; }

    /// <summary>Drops the address-space lock before a wait; the handler must then answer <see cref="VmFaultResult.Retry"/>.</summary>
    /// <exception cref="InvalidOperationException">It was dropped already, or a retry is not allowed.</exception>
    public void DropSpaceLock()
    {
        if (IsSpaceLockDropped || !IsFirstRetryableAttempt || (Flags & VmFaultFlags.RetryNoWait) != 0)
        {
            throw new InvalidOperationException("The address-space lock is dropped at most once, and only on a retryable attempt.");
        }

        IsSpaceLockDropped = true;
        Trace(FaultStep.SpaceLockDropped, 0);
        Area.Space.ExitFault();
    }

    /// <summary>
    /// Gives the address-space lock back after the work is done; the handler must then answer
    /// <see cref="VmFaultResult.Completed"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was given back already.</exception>
    public void CompleteWithoutSpaceLock()
    {
        if (IsSpaceLockDropped)
        {
            throw new InvalidOperationException("The address-space lock is given back once.");
        }

        IsSpaceLockDropped = true;
        IsCompleted = true;
        Area.Space.ExitFault();
    }

    /// <summary>Leaves a page for the core to install; the handler answers <see cref="VmFaultResult.None"/> or Locked.</summary>
    /// <param name="frame">The frame of the faulting base page.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="pageLock">
    /// What whoever revokes this page holds. Null for a page that never moves, such as a shared page of zeros.
    /// </param>
    public void SetPage(FrameIndex frame, Caching caching, Reservation? pageLock)
    {
        HasPage = true;
        PageFrame = frame;
        PageCaching = caching;
        PageLock = pageLock;
    }

    /// <summary>Tells whoever listens about a step; nothing happens when nobody does.</summary>
    /// <param name="step">The step.</param>
    /// <param name="value">What it is about.</param>
    public readonly void Trace(FaultStep step, ulong value) => Area.Space.Trace?.OnStep(step, value);
}
