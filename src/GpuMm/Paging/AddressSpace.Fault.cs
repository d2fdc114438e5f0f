using System;
using System.Threading;
using GpuMm.Fences;

namespace GpuMm.Paging;

/// <content>The fault loop: area, handler, answer, and once more after a retry.</content>
public sealed partial class AddressSpace
{
    /// <summary>Faults a page in if that needs no waiting.</summary>
    /// <param name="address">Any address in it.</param>
    /// <param name="kind">What will be done there.</param>
    /// <returns><see cref="MmStatus.Ok"/>; <see cref="MmStatus.Busy"/> when it would wait; else as <see cref="Read(ulong, Span{byte})"/>.</returns>
    public MmStatus TryFault(ulong address, AccessKind kind)
    {
        VmFaultFlags flags = FlagsFor(kind) | VmFaultFlags.RetryNoWait;
        VmFaultResult result = FaultOnce(address, kind, flags, interrupt: null, out VmArea? area, out int insertedCount);
        _observer?.OnFault(area, result, insertedCount);
        MmStatus status = (result & VmFaultResult.Retry) != 0 ? MmStatus.Busy : ToStatus(result);
        _observer?.OnAccessFaulted(this, address, kind, mayWait: false, status);
        return status;
    }

    /// <summary>Reads or writes past the page table, for a debugger: nothing is inserted.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="bytes">Receives or gives the bytes.</param>
    /// <param name="kind">Read or write.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.AccessViolation"/> when nothing is mapped there, and
    /// <see cref="MmStatus.BusError"/> when not all of it is, with nothing done; <see cref="MmStatus.BusError"/> also when
    /// an owner cannot reach its part: those before it were done.
    /// </returns>
    /// <remarks>The range may go through several areas. What they allow does not bind a debugger.</remarks>
    public MmStatus AccessRemote(ulong address, Span<byte> bytes, AccessKind kind)
    {
        _areasLock.EnterShared();
        try
        {
            MmStatus status = CheckRemoteLocked(address, (ulong)bytes.Length);
            while (status == MmStatus.Ok && !bytes.IsEmpty)
            {
                VmArea area = FindLocked(address)!;
                int count = (int)Math.Min((ulong)bytes.Length, area.EndAddress - address);
                status = area.Operations.Access(area, address - area.StartAddress, bytes[..count], kind);
                bytes = bytes[count..];
                address += (ulong)count;
            }

            return status;
        }
        finally
        {
            _areasLock.ExitShared();
        }
    }

    private MmStatus CheckRemoteLocked(ulong address, ulong sizeBytes)
    {
        VmArea? area = FindLocked(address);
        if (area is null)
        {
            return MmStatus.AccessViolation;
        }

        while (area is not null && area.EndAddress - address < sizeBytes)
        {
            sizeBytes -= area.EndAddress - address;
            address = area.EndAddress;
            area = FindLocked(address);
        }

        return area is null ? MmStatus.BusError : MmStatus.Ok;
    }

    private static VmFaultFlags FlagsFor(AccessKind kind) =>
        VmFaultFlags.AllowRetry | VmFaultFlags.User | (kind == AccessKind.Write ? VmFaultFlags.Write : VmFaultFlags.None);

    private static MmStatus ToStatus(VmFaultResult result)
    {
        if ((result & VmFaultResult.AnyError) == 0)
        {
            return MmStatus.Ok;
        }

        return (result & VmFaultResult.OutOfMemory) != 0 ? MmStatus.OutOfMemory
            : (result & VmFaultResult.SigSegv) != 0 ? MmStatus.AccessViolation
            : MmStatus.BusError;
    }

    private MmStatus Fault(ulong address, AccessKind kind, WaitInterrupt? interrupt, ref int faults)
    {
        if (++faults > MaxFaultsPerPage)
        {
            throw new InvalidOperationException($"Live-lock: the page at 0x{address:x} faulted {MaxFaultsPerPage} times in one access.");
        }

        VmFaultFlags flags = FlagsFor(kind) | (interrupt is null ? VmFaultFlags.None : VmFaultFlags.Interruptible);
        while (true)
        {
            VmFaultResult result = FaultOnce(address, kind, flags, interrupt, out VmArea? area, out int insertedCount);
            _observer?.OnFault(area, result, insertedCount);
            if (insertedCount == 0 && interrupt is { IsRaised: true } && (result & VmFaultResult.AnyError) == 0)
            {
                return MmStatus.Interrupted;
            }

            if ((result & VmFaultResult.Retry) == 0)
            {
                bool isMajor = (result & VmFaultResult.Major) != 0 || (flags & VmFaultFlags.Tried) != 0;
                if (isMajor && (result & VmFaultResult.AnyError) == 0)
                {
                    Interlocked.Increment(ref _majorFaults);
                }

                return ToStatus(result);
            }

            // The lock was dropped: everything is looked up again, and this time the handler may not ask for more time.
            flags |= VmFaultFlags.Tried;
        }
    }

    private VmFaultResult FaultOnce(
        ulong address, AccessKind kind, VmFaultFlags flags, WaitInterrupt? interrupt, out VmArea? area, out int insertedCount)
    {
        VmProtection needed = kind == AccessKind.Write ? VmProtection.Write : VmProtection.ReadWrite;
        insertedCount = 0;
        Trace?.OnStep(FaultStep.Missed, address);
        _areasLock.EnterShared();
        bool isLocked = true;
        try
        {
            area = FindLocked(address);
            if (area is null || (area.Protection & needed) == 0)
            {
                Trace?.OnStep(FaultStep.AreaMissing, address);
                return VmFaultResult.SigSegv;
            }

            Trace?.OnStep(FaultStep.AreaFound, area.StartAddress);
            Pte original = kind == AccessKind.Write ? PageTable.Find(PageOf(address)) : default;
            if (original.IsWritable)
            {
                return VmFaultResult.NoPage; // Another thread was faster.
            }

            VmFault fault = new(area, address, original.IsPresent ? flags | VmFaultFlags.MakeWritable : flags, original, interrupt);
            VmFaultResult result;
            try
            {
                result = original.IsPresent ? area.Operations.MakeWritable(ref fault) : CallHandler(area, ref fault);
                CheckLedger(result, ref fault);
                result = Finish(area, result, ref fault);
            }
            finally
            {
                isLocked = !fault.IsSpaceLockDropped;
            }

            fault.Trace(FaultStep.Answered, (ulong)result);
            insertedCount = fault.InsertedCount;
            return result;
        }
        finally
        {
            if (isLocked)
            {
                _areasLock.ExitShared();
            }
        }
    }

    // The largest size first; who cannot do it says so, and is asked for less.
    private VmFaultResult CallHandler(VmArea area, ref VmFault fault)
    {
        if (_usesHugePages)
        {
            foreach (VmPageSize size in (ReadOnlySpan<VmPageSize>)[VmPageSize.Giant, VmPageSize.Large])
            {
                VmFaultResult result = CanHold(area, fault.Address, size) ? area.Operations.HugeFault(ref fault, size) : VmFaultResult.Fallback;
                if ((result & VmFaultResult.Fallback) == 0)
                {
                    return result;
                }
            }
        }

        return area.Operations.Fault(ref fault);
    }

    private static void CheckLedger(VmFaultResult result, ref VmFault fault)
    {
        bool isRetry = (result & VmFaultResult.Retry) != 0;
        bool isCompleted = (result & VmFaultResult.Completed) != 0;
        bool mayRetry = fault.IsFirstRetryableAttempt && !isCompleted;
        bool mustDrop = isCompleted || (isRetry && (fault.Flags & VmFaultFlags.RetryNoWait) == 0);
        if ((isRetry && !mayRetry) || mustDrop != fault.IsSpaceLockDropped || isCompleted != fault.IsCompleted)
        {
            throw new InvalidOperationException(
                "A fault handler answers Retry at most once, and Retry or Completed exactly when it dropped the address-space lock.");
        }

        if ((result & (VmFaultResult.DoneCow | VmFaultResult.NeedsDataSync)) != 0)
        {
            throw new InvalidOperationException("Device memory has no private copies and no file to synchronise.");
        }
    }

    // Does what is left to the core: installs the page that was returned, or makes the entry writable.
    private VmFaultResult Finish(VmArea area, VmFaultResult result, ref VmFault fault)
    {
        const VmFaultResult NothingLeft = VmFaultResult.NoPage | VmFaultResult.Retry | VmFaultResult.Completed | VmFaultResult.AnyError;
        bool isLocked = (result & VmFaultResult.Locked) != 0;
        Reservation? pageLock = fault.PageLock;
        if (isLocked && pageLock is null)
        {
            throw new InvalidOperationException("A page that is answered locked comes with its lock.");
        }

        if ((result & NothingLeft) != 0)
        {
            if (isLocked)
            {
                pageLock!.Unlock();
            }

            return result;
        }

        bool isWriteProtected = (fault.Flags & VmFaultFlags.MakeWritable) != 0;
        if (!isWriteProtected && !fault.HasPage)
        {
            throw new InvalidOperationException("A fault handler that answers 0 leaves a page to install.");
        }

        if (!isLocked)
        {
            pageLock?.Lock();
        }

        try
        {
            pageLock?.AssertHeld();
            if (isWriteProtected)
            {
                PageTable.TryMakeWritable(PageOf(fault.Address), fault.OriginalPte);
            }
            else if (isLocked || area.Operations.IsPageCurrent(ref fault))
            {
                fault.InsertReturnedPage(fault.PageFrame, fault.PageCaching);
            }
        }
        finally
        {
            pageLock?.Unlock();
        }

        return result | VmFaultResult.NoPage;
    }
}
