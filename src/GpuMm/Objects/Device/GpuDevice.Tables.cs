using GpuMm.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Tables of system pages: made, filled, emptied.</content>
public sealed partial class GpuDevice
{
    /// <summary>Gives an object its table. Lock: its reservation.</summary>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, also when it has one; <see cref="MmStatus.InvalidArgument"/> for an unknown kind;
    /// <see cref="MmStatus.OutOfMemory"/> when the driver makes none.
    /// </returns>
    internal MmStatus CreateTable(BufferObject target, bool clear = true)
    {
        if (target.Pages is not null)
        {
            return MmStatus.Ok;
        }

        MmStatus status = MakeTable(target, clear, out TranslationTable? made);
        target.Pages = made;
        return status;
    }

    private MmStatus MakeTable(BufferObject target, bool clear, out TranslationTable? made)
    {
        made = null;
        TranslationFlags flags;
        switch (target.Kind)
        {
            case BufferObjectKind.Device:
                flags = clear ? TranslationFlags.ZeroAlloc : TranslationFlags.None;
                break;
            case BufferObjectKind.Kernel:
                flags = TranslationFlags.None;
                break;
            case BufferObjectKind.Sg:
                flags = TranslationFlags.External;
                break;
            default:
                return MmStatus.InvalidArgument;
        }

        if (!IsFaulted(FaultPoint.CreateTable))
        {
            made = Driver.CreateTable(target, flags);
        }

        return made is null ? MmStatus.OutOfMemory : MmStatus.Ok;
    }

    /// <summary>Makes the pages of an object, or brings them back from the swap store.</summary>
    /// <param name="target">The object. Lock: its reservation.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, also when they are there; <see cref="MmStatus.InvalidArgument"/> for no object, or one that
    /// lives in memory of the card's own; <see cref="MmStatus.OutOfMemory"/>.
    /// </returns>
    public MmStatus TryPopulate(BufferObject? target)
    {
        if (target is null)
        {
            return MmStatus.InvalidArgument;
        }

        target.Reservation.AssertHeld();
        ulong startNs = BeginRequest();
        OperationContext context = default;
        MmStatus status = target.Resource is { Manager.UsesPages: false } ? MmStatus.InvalidArgument : Populate(target, clear: true, ref context);
        if (IsObserved)
        {
            RaiseRequest(new DeviceEvent { Kind = DeviceEventKind.PopulateEnded, Status = status }, target, startNs);
        }

        return status;
    }

    /// <summary>Where devices on the bus see a page of an object's system RAM.</summary>
    /// <param name="target">The object; its pages exist. Lock: its reservation.</param>
    /// <param name="pageIndex">Page of the object.</param>
    /// <returns>The address; never 0.</returns>
    /// <exception cref="System.InvalidOperationException">It has no pages.</exception>
    public ulong DmaAddressOf(BufferObject target, ulong pageIndex)
    {
        System.ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        return target.Pages is { HasPages: true, NeedsRestore: false } pages
            ? Options.DmaBaseBytes + Primitives.Pages.Bytes(pages.PageAt(pageIndex, out _))
            : throw new System.InvalidOperationException($"'{target.Name}' has no pages.");
    }

    internal MmStatus Populate(BufferObject target, bool clear)
    {
        OperationContext context = new() { ForceAllocate = true };
        return Populate(target, clear, ref context);
    }

    internal MmStatus Populate(BufferObject target, bool clear, ref OperationContext context)
    {
        MmStatus status = CreateTable(target, clear);
        if (status != MmStatus.Ok)
        {
            return status;
        }

        TranslationTable table = target.Pages!;
        if (table.IsPopulated)
        {
            // Somebody is about to use the pages, so what was written of them to the store will no longer be true.
            table.DropBackup(Options.Swap);
            return MmStatus.Ok;
        }

        if (IsFaulted(FaultPoint.Populate))
        {
            return MmStatus.OutOfMemory;
        }

        bool wasBeingPlaced = EnterPlacing(target, ref context);
        try
        {
            bool isExternal = (table.Flags & TranslationFlags.External) != 0;
            status = isExternal ? MmStatus.Ok : MakePages(target, table.SizeBytes, ref context);
            return status == MmStatus.Ok || (status != MmStatus.Interrupted && context.ForceAllocate)
                ? PopulateOrSwap(target, table, clear, ref context)
                : status;
        }
        finally
        {
            LeavePlacing(target, wasBeingPlaced, ref context);
        }
    }

    // Others' pages are swapped out until there is room, or until nobody else can be.
    private MmStatus PopulateOrSwap(BufferObject target, TranslationTable table, bool clear, ref OperationContext context)
    {
        while (true)
        {
            ulong giveCount = _systemPages.GiveCount;
            MmStatus status = table.NeedsRestore ? SwapIn(target, context.Interrupt) : PopulateTable(target, table, clear);
            if (status != MmStatus.OutOfMemory)
            {
                return status;
            }

            if (!ReapFor(target, context) && !WaitOldestPostponed(context) && SwapOutFor(table.PageCount, ref context, out MmStatus swapped) == 0)
            {
                context.IsOvertaken |= _systemPages.GiveCount != giveCount;
                return swapped == MmStatus.Interrupted ? swapped : status;
            }
        }
    }

    private bool WaitOldestPostponed(in OperationContext context) => !context.NoWaitGpu && WaitOldestPostponed();

    // Swapping is a means here: what the caller is told about is his own move, and what he allows holds for it alone.
    private ulong SwapOutFor(ulong pageCount, ref OperationContext context, out MmStatus status)
    {
        OperationContext own = context.ForOthers();
        ulong freed = SwapOutPages(pageCount, ref own, out status);
        context.TakeOver(own);
        return freed;
    }

    /// <summary>Makes an object that lives in the aperture visible to the GPU, as a submission does before it uses it.</summary>
    /// <param name="target">The object. One that lives elsewhere, or is bound, stays as it is.</param>
    /// <remarks>Lock: its reservation. Cost: one entry per page, the first time after it came.</remarks>
    public void BindToAperture(BufferObject target)
    {
        System.ArgumentNullException.ThrowIfNull(target);
        target.Reservation.AssertHeld();
        Bind(target, isAsked: true);
    }

    private void Bind(BufferObject target, bool isAsked)
    {
        if (Gart is not null && target is { Resource: { Domain: MemoryDomain.Gtt, IsBound: false } resource, Pages.HasPages: true })
        {
            Gart.Bind(resource, target.Pages);
            if (IsObserved)
            {
                DeviceEvent bound = new()
                {
                    Kind = DeviceEventKind.BoundToAperture,
                    Count = (int)target.Pages.PageCount,
                    To = MemoryDomain.Gtt,
                    Detail = isAsked ? 1ul : 0,
                };
                Raise(bound, target);
            }
        }
    }

    /// <summary>Gives the pages back, contents and all. Lock: the object's reservation.</summary>
    internal void Unpopulate(BufferObject target)
    {
        if (target.Pages is { } table)
        {
            UnpopulateTable(target, table);
            table.DropBackup(Options.Swap);
        }
    }

    private MmStatus PopulateTable(BufferObject target, TranslationTable table, bool clear)
    {
        bool hadPages = table.HasPages;
        MmStatus status = table.Populate(_systemPages, clear);
        if (table.HasPages && !hadPages && IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.Populated, SizeBytes = table.SizeBytes }, target);
        }

        return status;
    }

    private void UnpopulateTable(BufferObject target, TranslationTable table)
    {
        if (table.HasPages)
        {
            RaiseUnpopulated(target, Pages.Bytes(table.ResidentPages));
        }

        table.Unpopulate(_systemPages);
    }

    private bool ReapFor(BufferObject requester, in OperationContext context) =>
        ReapPostponed() + ReapDeleted(requester, context) > 0;

    // Brings the pages in use below the limit, by swapping; OutOfMemory when that did not help enough.
    private MmStatus MakePages(BufferObject requester, ulong sizeBytes, ref OperationContext context)
    {
        if (Options.PageLimitThatHoldsBytes is not { } limit)
        {
            return MmStatus.Ok;
        }

        while (true)
        {
            ulong used = SystemPagesUsedBytes;
            if (sizeBytes <= limit && used <= limit - sizeBytes)
            {
                return MmStatus.Ok;
            }

            ulong excess = sizeBytes > limit ? used : used - (limit - sizeBytes);
            MmStatus status = MmStatus.Ok;
            if (excess == 0 ||
                (SwapOutFor(Pages.Count(excess), ref context, out status) == 0 && !ReapFor(requester, context) && !WaitOldestPostponed(context)))
            {
                return status == MmStatus.Interrupted ? status : MmStatus.OutOfMemory;
            }
        }
    }
}
