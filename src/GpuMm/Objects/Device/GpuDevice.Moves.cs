using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Moving an object, and dropping its contents.</content>
public sealed partial class GpuDevice
{
    /// <summary>Copies the bytes of a move with the CPU. Lock: the object's reservation.</summary>
    internal void CopyContents(in MoveRequest move)
    {
        if (!move.CarriesBytes)
        {
            if (!move.To.Manager.UsesPages)
            {
                ClearContents(move.To);
            }

            return;
        }

        ulong pageCount = Pages.Count(move.Target.SizeBytes);
        for (ulong page = 0; page < pageCount;)
        {
            FrameIndex from = FrameOf(move.Target, move.From!, page, out ulong fromRun);
            FrameIndex to = FrameOf(move.Target, move.To, page, out ulong toRun);
            ulong run = Math.Min(fromRun, toRun);
            Memory[from.MemoryIndex].CopyTo(
                Pages.Bytes(from.PageIndex), Memory[to.MemoryIndex], Pages.Bytes(to.PageIndex), Pages.Bytes(run));
            page += run;
        }
    }

    private static FrameIndex FrameOf(BufferObject target, Resource resource, ulong page, out ulong runPages) =>
        resource.Manager.UsesPages
            ? new FrameIndex((int)MemoryDomain.System, target.Pages!.PageAt(page, out runPages))
            : new FrameIndex((int)resource.Domain, resource.PageAt(page, out runPages));

    private void ClearContents(Resource resource)
    {
        for (int i = 0; i < resource.RangeCount; i++)
        {
            Memory[(int)resource.Domain].Clear(resource.RangeAt(i).StartBytes, resource.RangeAt(i).SizeBytes);
        }
    }

    /// <summary>Moves an object into space that was allocated for it; on failure the space is given back.</summary>
    /// <remarks>Lock: the object's reservation, under which its mappings are revoked before anything is copied.</remarks>
    private MmStatus MoveTo(BufferObject target, Resource destination, bool isEviction, ref OperationContext context)
    {
        bool wasSwapped = target.IsSwapped;
        bool isMoved = false;
        try
        {
            MmStatus status = MoveByHops(target, destination, isEviction, ref context);
            isMoved = status == MmStatus.Ok;
            if (isMoved && wasSwapped)
            {
                // The space was taken for an object that could not be evicted; now it can.
                destination.Manager.Relist(destination);
            }

            return status;
        }
        finally
        {
            // Also when a driver throws: space that nobody moved into must not stay in the order.
            if (!isMoved)
            {
                ReturnSpace(destination, target);
            }
        }
    }

    private MmStatus MoveByHops(BufferObject target, Resource destination, bool isEviction, ref OperationContext context)
    {
        for (int hop = 0; hop < MaxHops; hop++)
        {
            MmStatus status = MoveOnce(target, destination, isEviction, isAfterHop: hop > 0, ref context, out MoveResult result);
            if (status != MmStatus.Ok || result.Outcome == MoveOutcome.Moved)
            {
                return status;
            }

            status = MoveVia(target, result.Hop, ref context);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }

        throw new InvalidOperationException($"The driver sends '{target.Name}' through more than {MaxHops} hops.");
    }

    private MmStatus MoveVia(BufferObject target, Place hop, ref OperationContext context)
    {
        MmStatus status = MmStatus.NoSpace;
        Resource? resource = null;
        for (int pass = 0; pass < 2 && status == MmStatus.NoSpace; pass++)
        {
            status = AllocateAt(target, hop, force: pass == 1, ref context, out resource);
        }

        if (status != MmStatus.Ok)
        {
            return status == MmStatus.NoSpace ? MmStatus.OutOfMemory : status;
        }

        bool isMoved = false;
        try
        {
            status = MoveOnce(target, resource!, isEviction: false, isAfterHop: false, ref context, out MoveResult result);
            if (status == MmStatus.Ok && result.Outcome == MoveOutcome.MultiHop)
            {
                throw new InvalidOperationException($"The driver asks for a hop on the way to a hop, for '{target.Name}'.");
            }

            isMoved = status == MmStatus.Ok;
            return status;
        }
        finally
        {
            if (!isMoved)
            {
                ReturnSpace(resource!, target);
            }
        }
    }

    private MmStatus MoveOnce(
        BufferObject target, Resource destination, bool isEviction, bool isAfterHop, ref OperationContext context, out MoveResult result) =>
        IsObserved
            ? MoveObserved(target, destination, isEviction, isAfterHop, ref context, out result)
            : MoveUnobserved(target, destination, isEviction, isAfterHop, ref context, out result);

    // One step: revoke, populate, copy, retarget. Answers Ok with nothing changed when the driver wants a hop.
    private MmStatus MoveUnobserved(
        BufferObject target, Resource destination, bool isEviction, bool isAfterHop, ref OperationContext context, out MoveResult result)
    {
        result = default;
        Resource? source = target.Resource;

        // A hop's own copy is not what the caller did not want to wait for: the second step queues behind it.
        if (context.NoWaitGpu && !isAfterHop && source is not null && target.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _))
        {
            return MmStatus.Busy;
        }

        if (source is { Manager.UsesPages: false } && IsSuspended)
        {
            return MmStatus.Busy; // Its bytes are not there until the device resumes.
        }

        MoveRequest request = new(target, source, destination, isEviction);
        Revoke(target);
        bool comesFromOwnMemory = source is { Manager.UsesPages: false };
        MmStatus populated = PopulateForMove(target, destination, comesFromOwnMemory, ref context);
        if (populated != MmStatus.Ok)
        {
            return populated;
        }

        if (IsFaulted(FaultPoint.ReserveFence))
        {
            return UndoPopulate(target, comesFromOwnMemory, MmStatus.OutOfMemory);
        }

        if (source is not null)
        {
            // A new object has all the time in the world to get its first slots, if it ever needs any.
            target.Reservation.ReserveFences(1);
        }

        ulong hash = request.CarriesBytes ? HashContents(target, source!) : 0;
        result = source is null && destination.Manager.UsesPages ? MoveResult.Done : AskDriver(request, comesFromOwnMemory);
        if (result.Outcome == MoveOutcome.Failed)
        {
            return UndoPopulate(target, comesFromOwnMemory, result.Status);
        }

        if (result.Outcome == MoveOutcome.MultiHop)
        {
            return UndoPopulate(target, comesFromOwnMemory, MmStatus.Ok);
        }

        if (Options.ChecksContents && request.CarriesBytes)
        {
            CompareContents(target, destination, hash, $"a move from {source!.Domain} to {destination.Domain}");
        }

        ulong carriedBytes = request.CarriesBytes ? target.SizeBytes : 0;
        context.BytesMoved += target.SizeBytes;
        Retarget(target, source, destination, result.Fence);
        if (source is not null)
        {
            Statistics.CountMove(source.Domain, destination.Domain, carriedBytes);
        }

        return MmStatus.Ok;
    }

    private MmStatus PopulateForMove(BufferObject target, Resource destination, bool comesFromOwnMemory, ref OperationContext context)
    {
        if (target.Pages is { NeedsRestore: true })
        {
            MmStatus status = Populate(target, clear: false, ref context);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }

        // Pages that a copy will fill need no clearing.
        return destination.Manager.UsesPages && (destination.Domain != MemoryDomain.System || comesFromOwnMemory)
            ? Populate(target, clear: !comesFromOwnMemory, ref context)
            : MmStatus.Ok;
    }

    private MoveResult AskDriver(in MoveRequest request, bool comesFromOwnMemory)
    {
        if (IsFaulted(FaultPoint.Move))
        {
            return MoveResult.Failure(MmStatus.Interrupted);
        }

        bool isAnswered = false;
        try
        {
            MoveResult result = Driver.Move(request);
            isAnswered = true;
            return result;
        }
        finally
        {
            if (!isAnswered)
            {
                UndoPopulate(request.Target, comesFromOwnMemory, MmStatus.Ok);
            }
        }
    }

    private MmStatus UndoPopulate(BufferObject target, bool comesFromOwnMemory, MmStatus status)
    {
        if (comesFromOwnMemory)
        {
            Unpopulate(target);
        }

        return status;
    }

    private void Retarget(BufferObject target, Resource? source, Resource destination, Fence fence)
    {
        target.Reservation.AddFence(fence, FenceUsage.Kernel);
        target.Resource = destination;
        if (Options.Gart == GartMode.Eager)
        {
            Bind(target, isAsked: false);
        }

        if (source is null)
        {
            if (!destination.Manager.UsesPages)
            {
                Unpopulate(target); // Pages that were made for it while it had no place hold nothing that anybody asked to keep.
            }

            return;
        }

        target.NoteMoved();
        bool dropsPages = source.Manager.UsesPages && !destination.Manager.UsesPages;
        if (fence.IsSignaled)
        {
            ReturnSpace(source, target);
            if (dropsPages)
            {
                Unpopulate(target);
            }
        }
        else if (!source.Manager.UsesPages)
        {
            // Pipelined: the space is free at once, and whoever takes it inherits the copy's fence.
            if (IsFaulted(FaultPoint.EvictionSlot) || !source.Manager.TryAddEvictionFence(fence))
            {
                WaitFence(fence, target);
            }

            ReturnSpace(source, target);
        }
        else
        {
            Postpone(fence, source, dropsPages ? target.Pages : null);
        }
    }
}
