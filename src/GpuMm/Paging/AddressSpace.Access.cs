using System;

namespace GpuMm.Paging;

/// <content>CPU accesses and the fault loop.</content>
public sealed partial class AddressSpace
{
    /// <summary>Reads bytes, faulting as often as it takes.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives them; on failure the bytes before the failing page were read.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, <see cref="MmStatus.AccessViolation"/>, <see cref="MmStatus.BusError"/> or
    /// <see cref="MmStatus.OutOfMemory"/>.
    /// </returns>
    /// <remarks>Lock: none may be held. Cost: one leaf lock per 2 MiB that hits; no managed allocation.</remarks>
    public MmStatus Read(ulong address, Span<byte> into)
    {
        int faults = 0;
        while (!into.IsEmpty)
        {
            int count = PageTable.ReadHits(address, into, out Pte first);
            if (count == 0)
            {
                MmStatus status = Fault(address, AccessKind.Read, ref faults);
                if (status != MmStatus.Ok)
                {
                    return status;
                }

                continue;
            }

            _observer?.OnAccess(first.Frame, first.Caching, AccessKind.Read, (ulong)count);
            into = into[count..];
            address += (ulong)count;
            faults = 0;
        }

        return MmStatus.Ok;
    }

    /// <summary>Writes bytes, faulting as often as it takes.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes; on failure those before the failing page were written.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    /// <remarks>Lock: none may be held. Cost: one leaf lock per 2 MiB that hits; no managed allocation.</remarks>
    public MmStatus Write(ulong address, ReadOnlySpan<byte> from)
    {
        int faults = 0;
        while (!from.IsEmpty)
        {
            int count = PageTable.WriteHits(address, from, out Pte first);
            if (count == 0)
            {
                MmStatus status = Fault(address, AccessKind.Write, ref faults);
                if (status != MmStatus.Ok)
                {
                    return status;
                }

                continue;
            }

            _observer?.OnAccess(first.Frame, first.Caching, AccessKind.Write, (ulong)count);
            from = from[count..];
            address += (ulong)count;
            faults = 0;
        }

        return MmStatus.Ok;
    }

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

    private MmStatus Fault(ulong address, AccessKind kind, ref int faults)
    {
        if (++faults > MaxFaultsPerPage)
        {
            throw new InvalidOperationException($"Live-lock: the page at 0x{address:x} faulted {MaxFaultsPerPage} times in one access.");
        }

        VmFaultFlags flags = VmFaultFlags.AllowRetry | (kind == AccessKind.Write ? VmFaultFlags.Write : VmFaultFlags.None);
        while (true)
        {
            VmFaultResult result = FaultOnce(address, kind, flags, out VmArea? area, out int insertedCount);
            _observer?.OnFault(area, result, insertedCount);
            if ((result & VmFaultResult.Retry) == 0)
            {
                return ToStatus(result);
            }

            // The lock was dropped: everything is looked up again, and this time the handler may not ask for more time.
            flags |= VmFaultFlags.Tried;
        }
    }

    private VmFaultResult FaultOnce(
        ulong address, AccessKind kind, VmFaultFlags flags, out VmArea? area, out int insertedCount)
    {
        VmProtection needed = kind == AccessKind.Write ? VmProtection.Write : VmProtection.Read;
        insertedCount = 0;
        _areasLock.EnterShared();
        bool isLocked = true;
        try
        {
            area = FindLocked(address);
            if (area is null || (area.Protection & needed) == 0)
            {
                return VmFaultResult.SigSegv;
            }

            VmFault fault = new(area, address, flags);
            VmFaultResult result;
            try
            {
                result = area.Operations.Fault(ref fault);
            }
            finally
            {
                isLocked = !fault.IsSpaceLockDropped;
            }

            CheckLedger(result, fault.IsSpaceLockDropped, flags);
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

    private static void CheckLedger(VmFaultResult result, bool isDropped, VmFaultFlags flags)
    {
        bool isRetry = (result & VmFaultResult.Retry) != 0;
        bool mayRetry = (flags & VmFaultFlags.Tried) == 0;
        bool mustDrop = isRetry && (flags & VmFaultFlags.RetryNoWait) == 0;
        if ((isRetry && !mayRetry) || mustDrop != isDropped)
        {
            throw new InvalidOperationException(
                "A fault handler answers Retry at most once, and exactly when it dropped the address-space lock.");
        }
    }
}
