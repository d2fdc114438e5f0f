using System;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Ranges;

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
    /// all fit into the store keeps the others, and the next time goes on with them. Source: ttm_device_swapout.
    /// </remarks>
    public ulong SwapOut(ulong pageCount, ref OperationContext context)
    {
        RequestCode request = IsObserved ? RequestOf(context, target: null) : default;
        ulong startNs = BeginRequest();
        ulong freed = SwapOutPages(pageCount, ref context, out _);
        if (IsObserved)
        {
            DeviceEvent ended = new()
            {
                Kind = DeviceEventKind.SwapOutEnded,
                Detail = pageCount,
                SizeBytes = Pages.Bytes(freed),
                Count = request.Packed,
            };
            RaiseRequest(ended, target: null, startNs);
        }

        return freed;
    }

    // Interrupted: a signal ended it. What is in the way of one object is no reason to leave the others alone.
    private ulong SwapOutPages(ulong pageCount, ref OperationContext context, out MmStatus status)
    {
        ulong freed = 0;
        status = MmStatus.Ok;
        for (int i = 0; i < MaxDomains && freed < pageCount && status == MmStatus.Ok && Options.Swap is not null; i++)
        {
            if (_managers[i] is { UsesPages: true } manager)
            {
                freed += SwapOutOf(manager, pageCount - freed, ref context, out status);
            }
        }

        return freed;
    }

    /// <summary>Writes the pages of one object to the store. Lock: its reservation.</summary>
    /// <param name="target">The object.</param>
    /// <param name="context">How to go about it.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.Busy"/> when it is pinned, in use, swapped already, without pages or
    /// with somebody else's; <see cref="MmStatus.NoSpace"/> when the store is full; <see cref="MmStatus.Interrupted"/>. After
    /// these two what was written is in the store and free here, and another call goes on from there.
    /// </returns>
    public MmStatus SwapOutObject(BufferObject target, ref OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        RequestCode request = IsObserved ? RequestOf(context, target) : default;
        ulong startNs = BeginRequest();
        MmStatus status = SwapOutOne(target, ref context);
        if (IsObserved)
        {
            RaiseRequest(new DeviceEvent { Kind = DeviceEventKind.SwapEnded, Status = status, Count = request.Packed }, target, startNs);
        }

        return status;
    }

    private MmStatus SwapOutOne(BufferObject target, ref OperationContext context)
    {
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
        Driver.OnSwapOut(target);
        if (!table.NeedsRestore)
        {
            table.ContentHash = HashContents(target, target.Resource);
        }

        status = BackUp(target, table, store, context.Interrupt);
        if (status == MmStatus.Ok)
        {
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

    // Pages freed: all of the object's, or those that went before something stood in the way.
    private ulong SwapOutCounted(BufferObject victim, ref OperationContext context, out MmStatus status)
    {
        ulong before = victim.Pages?.StoredPages ?? 0;
        status = SwapOutOne(victim, ref context);
        return victim.Pages is { } table && table.StoredPages > before ? table.StoredPages - before : 0;
    }

    // Pages freed of one that a walk found. Lock: its reservation.
    private ulong SwapOutFound(BufferObject victim, ref OperationContext context, out MmStatus status)
    {
        status = MmStatus.Ok;
        ulong held = victim.Pages?.ResidentPages ?? 0;
        if (victim.IsDeleted)
        {
            return TryReap(victim) ? held : 0;
        }

        bool isDropped = held != 0 && victim is { IsPurgeable: true, PinCount: 0 } &&
            DropContents(victim, new OperationContext { NoWaitGpu = true }) == MmStatus.Ok;
        return isDropped ? held : SwapOutCounted(victim, ref context, out status);
    }

    private void Revoke(BufferObject target)
    {
        if (target.IsMapped)
        {
            ulong startNs = IsObserved ? Driver.NowNs : 0;
            int zapped = Mapping.Unmap(target.Window, target.PartIndex);
            if (zapped > 0 && IsObserved)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.Zapped, Count = zapped, DurationNs = Driver.NowNs - startNs }, target);
            }
        }
    }

    private ulong SwapOutOf(ResourceManager manager, ulong pageCount, ref OperationContext context, out MmStatus status)
    {
        ulong freed = 0;
        status = MmStatus.Ok;
        LruCursor cursor = manager.BeginWalk();
        try
        {
            while (freed < pageCount && status != MmStatus.Interrupted && manager.NextCandidate(cursor, ref context, null, out CandidateLock state, IsObserved) is { } victim)
            {
                if (FailsToTake(victim, state, ref context))
                {
                    continue;
                }

                if (state == CandidateLock.Busy)
                {
                    RaiseLocked(victim, requester: null, context);
                    continue;
                }

                try
                {
                    freed += SwapOutFound(victim, ref context, out status);
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

        status = status == MmStatus.Interrupted ? status : MmStatus.Ok;
        return freed;
    }

    // Page by page from the end; each is free as soon as it is written, so a store that fills up has helped nevertheless, and
    // the next attempt goes on with the page at which this one stopped.
    private MmStatus BackUp(BufferObject target, TranslationTable table, SwapStore store, WaitInterrupt? interrupt)
    {
        ulong[] handles = table.OpenBackup();
        MemoryBacking memory = Memory[(int)MemoryDomain.System];
        Span<byte> page = stackalloc byte[Math.Min((int)Pages.SizeBytes, memory.StoredBytesPerPage)];
        while (table.HasPages)
        {
            if (interrupt is { IsRaised: true })
            {
                return MmStatus.Interrupted;
            }

            ulong startBytes = 0;
            MmStatus status = IsFaulted(FaultPoint.PartPage) ? MmStatus.NoSpace : table.TryPartLastPage(_systemPages, out startBytes);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            ref ulong handle = ref handles[table.ResidentPages - 1];
            memory.Read(startBytes, page);
            status = IsFaulted(FaultPoint.SwapWrite) ? MmStatus.NoSpace : store.TryWrite(page, out handle);
            if (status != MmStatus.Ok)
            {
                handle = 0;
                return status;
            }

            RaiseUnpopulated(target, Pages.SizeBytes);
            table.GiveLastPage(_systemPages);
        }

        return MmStatus.Ok;
    }

    // Lock: the object's reservation. Some pages at a time: on failure what came back stays, and the rest waits in the store.
    private MmStatus SwapIn(BufferObject target, WaitInterrupt? interrupt)
    {
        const ulong PagesAtATime = 64;
        TranslationTable table = target.Pages!;
        while (table.NeedsRestore)
        {
            if (interrupt is { IsRaised: true })
            {
                return MmStatus.Interrupted;
            }

            RangeList runs = default;
            ulong count = Math.Min(PagesAtATime, table.StoredPages);
            MmStatus status = IsFaulted(FaultPoint.RestorePages)
                ? MmStatus.OutOfMemory
                : _systemPages.TryTake(Pages.Bytes(count), table.Caching, clear: false, ref runs);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            status = ReadBack(table, runs);
            if (status != MmStatus.Ok)
            {
                _systemPages.Give(table.Caching, ref runs);
                return status;
            }

            if (IsObserved)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.Populated, SizeBytes = runs.SizeBytes }, target);
            }

            table.AppendRuns(runs, Options.Swap!);
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

    private MmStatus ReadBack(TranslationTable table, in RangeList runs)
    {
        ulong[] handles = table.Backup!;
        MemoryBacking memory = Memory[(int)MemoryDomain.System];
        Span<byte> page = stackalloc byte[Math.Min((int)Pages.SizeBytes, memory.StoredBytesPerPage)];
        ulong next = table.ResidentPages;
        for (int i = 0; i < runs.Count; i++)
        {
            for (ulong address = runs[i].Range.StartBytes; address < runs[i].Range.EndBytes; address += Pages.SizeBytes)
            {
                MmStatus status = IsFaulted(FaultPoint.SwapRead) ? MmStatus.Interrupted : Options.Swap!.TryRead(handles[next++], page);
                if (status != MmStatus.Ok)
                {
                    return status;
                }

                memory.Write(address, page);
            }
        }

        return MmStatus.Ok;
    }
}
