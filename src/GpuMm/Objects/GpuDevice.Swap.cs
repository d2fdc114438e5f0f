using System;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>System pages to the swap store and back.</content>
public sealed partial class GpuDevice
{
    /// <summary>Writes the pages of the objects that are first in the eviction order to the swap store, and frees them.</summary>
    /// <param name="pageCount">Pages wanted; the last object may bring more.</param>
    /// <param name="context">How to go about it.</param>
    /// <returns>Pages freed; 0 without a store.</returns>
    /// <remarks>
    /// Takes reservations by try-lock only, so it may be called while reservations are held. An object whose pages did not
    /// all fit into the store keeps them, and what was written of it is used the next time. Source: ttm_device_swapout.
    /// </remarks>
    public ulong SwapOut(ulong pageCount, ref OperationContext context)
    {
        ulong freed = 0;
        for (int i = 0; i < MaxDomains && freed < pageCount && Options.Swap is not null; i++)
        {
            if (_managers[i] is { UsesPages: true } manager)
            {
                freed += SwapOutOf(manager, pageCount - freed, ref context);
            }
        }

        return freed;
    }

    /// <summary>Writes the pages of one object to the store. Lock: its reservation.</summary>
    /// <param name="target">The object.</param>
    /// <param name="context">How to go about it.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.Busy"/> when it is pinned, in use, swapped already, without pages or
    /// with somebody else's; <see cref="MmStatus.NoSpace"/> when the store is full.
    /// </returns>
    public MmStatus SwapOutObject(BufferObject target, ref OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        if (Options.Swap is not { } store || target.PinCount > 0 || target.Pages is not { HasPages: true } table ||
            (table.Flags & (TranslationFlags.External | TranslationFlags.Swapped)) != 0 || target.Resource is null)
        {
            return MmStatus.Busy;
        }

        if (target.Resource.Domain != MemoryDomain.System)
        {
            MoveCause cause = context.Cause;
            context.Cause = MoveCause.SwapOut;
            MmStatus moved = ValidateObject(target, Placement.System, ref context);
            context.Cause = cause;
            if (moved != MmStatus.Ok)
            {
                return moved;
            }
        }

        MmStatus status = WaitIdle(target, FenceUsage.Bookkeep, Options.MoveWaitLimitNs, context);
        if (status != MmStatus.Ok)
        {
            return status;
        }

        Revoke(target);
        status = BackUp(table, store);
        if (status == MmStatus.Ok)
        {
            table.ContentHash = HashContents(target, target.Resource);
            UnpopulateTable(target, table);
            table.MarkSwapped();
            target.Resource.Manager.Relist(target.Resource);
            Statistics.CountSwapOut(target.SizeBytes);
            RaiseStatus(DeviceEventKind.SwappedOut, target, status);
        }
        else if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.PartlyBackedUp, Status = status, Count = table.CountBackedUp() }, target);
        }

        return status;
    }

    private void Revoke(BufferObject target)
    {
        if (target.IsMapped)
        {
            int zapped = Mapping.Unmap(target.Window);
            if (zapped > 0 && IsObserved)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.Zapped, Count = zapped }, target);
            }
        }
    }

    private ulong SwapOutOf(ResourceManager manager, ulong pageCount, ref OperationContext context)
    {
        ulong freed = 0;
        LruCursor cursor = manager.BeginWalk();
        try
        {
            while (freed < pageCount && manager.NextCandidate(cursor, context, null, out CandidateLock state) is { } victim)
            {
                try
                {
                    if (victim.IsDeleted)
                    {
                        ulong held = victim.Pages is { HasPages: true } pages ? pages.PageCount : 0;
                        freed += TryReap(victim, mayWait: false) ? held : 0;
                    }
                    else if (victim is { IsPurgeable: true, PinCount: 0 } && DropContents(victim, new OperationContext { NoWaitGpu = true }) == MmStatus.Ok)
                    {
                        freed += Pages.Count(victim.SizeBytes);
                    }
                    else if (SwapOutObject(victim, ref context) == MmStatus.Ok)
                    {
                        freed += victim.Pages!.PageCount;
                    }
                }
                finally
                {
                    if (state != CandidateLock.HeldByCaller)
                    {
                        victim.Reservation.Unlock();
                    }
                }
            }
        }
        finally
        {
            manager.EndWalk(cursor);
        }

        return freed;
    }

    // Page by page, going on where an earlier attempt stopped: nothing was allowed to touch the pages since.
    private MmStatus BackUp(TranslationTable table, SwapStore store)
    {
        ulong[] handles = table.OpenBackup();
        MemoryBacking memory = Memory[(int)MemoryDomain.System];
        Span<byte> page = stackalloc byte[Math.Min((int)Pages.SizeBytes, memory.StoredBytesPerPage)];
        for (ulong i = 0; i < table.PageCount; i++)
        {
            if (handles[i] != 0)
            {
                continue;
            }

            memory.Read(Pages.Bytes(table.PageAt(i, out _)), page);
            MmStatus status = IsFaulted(FaultPoint.SwapWrite) ? MmStatus.NoSpace : store.TryWrite(page, out handles[i]);
            if (status != MmStatus.Ok)
            {
                handles[i] = 0;
                return status;
            }
        }

        return MmStatus.Ok;
    }

    // Lock: the object's reservation. On failure it stays in the store, whole.
    private MmStatus SwapIn(BufferObject target)
    {
        TranslationTable table = target.Pages!;
        MmStatus status = PopulateTable(target, table, clear: false);
        if (status != MmStatus.Ok)
        {
            return status;
        }

        ulong[] handles = table.Backup!;
        MemoryBacking memory = Memory[(int)MemoryDomain.System];
        Span<byte> page = stackalloc byte[Math.Min((int)Pages.SizeBytes, memory.StoredBytesPerPage)];
        for (ulong i = 0; i < table.PageCount; i++)
        {
            status = IsFaulted(FaultPoint.SwapRead) ? MmStatus.Interrupted : Options.Swap!.TryRead(handles[i], page);
            if (status != MmStatus.Ok)
            {
                UnpopulateTable(target, table);
                return status;
            }

            memory.Write(Pages.Bytes(table.PageAt(i, out _)), page);
        }

        if (Options.ChecksContents && target.Resource is { } resource)
        {
            CompareContents(target, resource, table.ContentHash, "a journey to the swap store and back");
        }

        table.DropBackup(Options.Swap);
        target.Resource?.Manager.Relist(target.Resource);
        Statistics.CountSwapIn(target.SizeBytes);
        RaiseStatus(DeviceEventKind.SwappedIn, target, MmStatus.Ok);
        return MmStatus.Ok;
    }
}
