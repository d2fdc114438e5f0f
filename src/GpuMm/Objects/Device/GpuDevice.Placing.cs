using System;
using System.Diagnostics;
using GpuMm.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Bringing an object into a placement.</content>
public sealed partial class GpuDevice
{
    /// <summary>Steps that one move may take; more means that a driver sends it in circles.</summary>
    public const int MaxHops = 4;

    internal MmStatus ValidateObject(BufferObject target, Placement placement, ref OperationContext context) =>
        IsObserved ? ValidateObserved(target, placement, ref context) : ValidateUnobserved(target, placement, ref context);

    private MmStatus ValidateUnobserved(BufferObject target, Placement placement, ref OperationContext context)
    {
        if (placement.Places.IsEmpty)
        {
            return target.PinCount > 0 ? MmStatus.InvalidArgument : Gut(target);
        }

        if (target.IsLost)
        {
            return MmStatus.ContentsLost;
        }

        // First without evicting anyone, then with. With one place only the second pass asks for the same again.
        for (int pass = IsPlain(placement) && _faults is null ? 1 : 0; pass < 2; pass++)
        {
            bool force = pass == 1;
            if (IsCompatible(target.Resource, placement, force))
            {
                return MmStatus.Ok;
            }

            if (target.PinCount > 0)
            {
                return MmStatus.InvalidArgument;
            }

            MmStatus status = PlaceOnce(target, placement, force, isEviction: false, ref context, out bool hasSpace);
            if (status == MmStatus.NoSpace && !hasSpace)
            {
                continue;
            }

            return status == MmStatus.Ok && target.Pages is null && target.Resource!.Domain == MemoryDomain.System
                ? CreateTable(target)
                : status;
        }

        return Options.PropagateNoSpace ? MmStatus.NoSpace : MmStatus.OutOfMemory;
    }

    // One pass of a placing: space, and the move into it.
    private MmStatus PlaceOnce(
        BufferObject target, Placement placement, bool force, bool isEviction, ref OperationContext context, out bool hasSpace)
    {
        hasSpace = false;
        bool wasBeingPlaced = EnterPlacing(target, ref context);
        try
        {
            MmStatus status = AllocateResource(target, placement, force, ref context, out Resource? resource);
            hasSpace = status == MmStatus.Ok;
            return hasSpace ? MoveTo(target, resource!, isEviction, ref context) : status;
        }
        finally
        {
            LeavePlacing(target, wasBeingPlaced, ref context);
        }
    }

    // While it is being placed nobody frees an object, whoever holds the reservation that it shares: whatever the placing
    // calls, however deep, finds the mark. Lock: its reservation.
    private static bool EnterPlacing(BufferObject target, ref OperationContext context)
    {
        bool wasBeingPlaced = target.IsBeingPlaced;
        target.IsBeingPlaced = true;
        context.EnterLevel(target);
        return wasBeingPlaced;
    }

    private static void LeavePlacing(BufferObject target, bool wasBeingPlaced, ref OperationContext context)
    {
        context.LeaveLevel();
        target.IsBeingPlaced = wasBeingPlaced;
    }

    /// <summary>Brings an object to where the CPU can reach it. Lock: its reservation.</summary>
    /// <returns><see cref="MmStatus.Ok"/>, or why it cannot be reached.</returns>
    internal MmStatus MakeCpuVisible(BufferObject target, ref OperationContext context)
    {
        if (target.Resource is not { } resource)
        {
            return ValidateObject(target, Placement.System, ref context);
        }

        if (target.IsLost)
        {
            return MmStatus.ContentsLost;
        }

        if (IsPowerGoing && !resource.Manager.UsesPages)
        {
            // Whoever touches it before its turn comes takes it along.
            return IsSuspended || target.PinCount > 0 ? MmStatus.ContentsLost : ValidateObject(target, Placement.GttThenSystem, ref context);
        }

        if (IsCpuVisible(resource))
        {
            return MmStatus.Ok;
        }

        if (target.PinCount > 0)
        {
            return MmStatus.InvalidArgument;
        }

        // From now on it is known that the CPU needs it: it is not sent to where it cannot be seen again.
        target.NeedsCpuAccess = true;
        MmStatus status = ValidateObject(target, _visiblePlacement, ref context);
        if (status == MmStatus.Ok)
        {
            Statistics.CountVisibilityFault();
            target.Bump();
        }

        return status;
    }

    /// <summary>
    /// Sees to it that the bytes of an object are somewhere, for an access past the page table: it stays where it is, and one that
    /// is nowhere begins in system RAM. Lock: its reservation.
    /// </summary>
    /// <returns><see cref="MmStatus.Ok"/>, or why there are no bytes to be had.</returns>
    internal MmStatus MakeReachable(BufferObject target)
    {
        OperationContext context = new() { ForceAllocate = true, Cause = MoveCause.CpuFault };
        MmStatus status = target.Resource is null ? ValidateObject(target, Placement.System, ref context) : MmStatus.Ok;
        if (status != MmStatus.Ok || target.Resource!.Manager.UsesPages)
        {
            return status == MmStatus.Ok ? Populate(target, clear: true, ref context) : status;
        }

        return target.IsLost || IsPowerGoing ? MmStatus.ContentsLost : MmStatus.Ok;
    }

    // What the CPU does not need makes way inside the card's own memory first: only as long as nobody else must go for it.
    internal Placement? PlacementOutOfSight(BufferObject victim) =>
        _unseenPlacement is not null && !victim.NeedsCpuAccess && victim.Resource is { Domain: MemoryDomain.Vram } resource && IsCpuVisible(resource)
            ? _unseenPlacement
            : null;

    private static bool IsCompatible(Resource? resource, Placement placement, bool force)
    {
        if (resource is null || (resource.Flags & PlaceFlags.Temporary) != 0)
        {
            return false;
        }

        foreach (ref readonly Place place in placement.Places)
        {
            bool isApart = (place.Flags & PlaceFlags.Contiguous) != 0 && resource.RangeCount > 1;
            if (place.Domain == resource.Domain && !IsSkipped(place, force) && !isApart && resource.Manager.IsCompatible(resource, place))
            {
                return true;
            }
        }

        return false;
    }

    // Whether it is in one of the places, flags for choosing among them aside.
    internal static bool IsIn(Resource? resource, Placement placement) =>
        IsCompatible(resource, placement, force: false) || IsCompatible(resource, placement, force: true);

    private static bool IsPlain(Placement placement) =>
        placement.Places.Length == 1 && (placement.Places[0].Flags & (PlaceFlags.Desired | PlaceFlags.Fallback)) == 0;

    private static bool IsSkipped(in Place place, bool force) =>
        (place.Flags & (force ? PlaceFlags.Desired : PlaceFlags.Fallback)) != 0;

    internal static bool IsInVisiblePart(Resource? resource) => resource is { Manager.UsesPages: false } && IsCpuVisible(resource);

    private static bool IsCpuVisible(Resource resource)
    {
        ulong visibleBytes = resource.Manager.CpuVisibleBytes;
        if (resource.Manager.UsesPages || visibleBytes == resource.Manager.SizeBytes)
        {
            return true;
        }

        // A place that ends at page 0 means "no limit", so a window of nothing is told apart.
        return visibleBytes != 0 &&
            ResourceManager.IsInside(resource, new Place(resource.Domain, PlaceFlags.None, 0, Pages.Count(visibleBytes)));
    }

    private MmStatus AllocateResource(
        BufferObject target, Placement placement, bool force, ref OperationContext context, out Resource? resource)
    {
        resource = null;
        if (IsFaulted(FaultPoint.InheritFences))
        {
            return MmStatus.OutOfMemory;
        }

        foreach (ref readonly Place place in placement.Places)
        {
            if (IsSkipped(place, force))
            {
                continue;
            }

            MmStatus status = AllocateAt(target, place, force, ref context, out resource);
            if (status is not (MmStatus.NoSpace or MmStatus.Busy))
            {
                return status;
            }
        }

        return MmStatus.NoSpace;
    }

    // Nobody is evicted for what would not fit into an empty domain either.
    private static bool CouldFit(BufferObject target, ResourceManager manager, in Place place)
    {
        ulong endPage = place.EndPage == 0 ? Pages.Count(manager.SizeBytes) : Math.Min(place.EndPage, Pages.Count(manager.SizeBytes));
        return place.FirstPage < endPage && Pages.Count(target.SizeBytes) <= endPage - place.FirstPage;
    }

    // A group that is promised more than it has takes it from those who were promised nothing.
    private bool MayEvictFirst(BufferObject target, ResourceManager manager) =>
        Options.ProtectedGroupsEvictFirst && target.GroupIndex != 0 && Groups.IsEntitled(target.GroupIndex, manager.Domain, target.SizeBytes);

    private MmStatus AllocateAt(
        BufferObject target, in Place place, bool force, ref OperationContext context, out Resource? resource)
    {
        resource = null;
        if (FindManager(place.Domain) is not { IsUsed: true } manager || IsFaulted(FaultPoint.AllocateSpace))
        {
            return MmStatus.NoSpace;
        }

        ulong changeCount = manager.ChangeCount;
        MmStatus status = TakeSpace(manager, target, place, context.NoWaitGpu, out resource, out MemoryGroup? limiting);
        if (status == MmStatus.NoSpace && manager.UsesPages && ReapPostponed() > 0)
        {
            status = TakeSpace(manager, target, place, context.NoWaitGpu, out resource, out limiting);
        }

        if (status == MmStatus.NoSpace && place.Domain != MemoryDomain.System && CouldFit(target, manager, place))
        {
            bool mayEvict = force || (limiting is null && MayEvictFirst(target, manager));
            status = mayEvict ? EvictAndAllocate(target, manager, place, limiting, force, ref context, out resource) : status;
            if (mayEvict && status == MmStatus.NoSpace)
            {
                manager.NoteArrivals(ref context);
                context.IsOvertaken |= manager.ChangeCount != changeCount;
            }
        }

        Debug.Assert((status == MmStatus.Ok) == (resource is not null), "A resource comes with Ok.");
        return status;
    }
}
