using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>
/// The objects behind the addresses: which have reservations of their own, and which moved since the page tables were written.
/// </content>
public sealed partial class GpuVm
{
    private readonly Dictionary<BufferObject, int> _objects = []; // Lock: Reservation; the number of mappings of each
    private readonly HashSet<BufferObject> _moved = []; // Lock: itself; taken under any reservation, and nothing under it

    /// <summary>Objects with at least one mapping. Lock: the reservation.</summary>
    public int ObjectCount => _objects.Count;

    /// <summary>Objects that moved since they were mapped, or since <see cref="ValidateMoved"/> last brought them back.</summary>
    public int MovedCount
    {
        get
        {
            lock (_moved)
            {
                return _moved.Count;
            }
        }
    }

    /// <summary>What a submission must hold: the reservation of this address space, and those of objects that have others.</summary>
    /// <param name="into">Receives them, each once; for <see cref="AcquireContext"/>.</param>
    /// <remarks>
    /// Lock: the reservation, and again with all of them held: compare, for mappings may have come in between. Cost:
    /// O(objects). Source: drm_gpuvm_prepare_objects.
    /// </remarks>
    public void AddReservations(ICollection<Reservation> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Reservation.AssertHeld();
        HashSet<Reservation> seen = [Reservation];
        into.Add(Reservation);
        foreach (BufferObject target in _objects.Keys)
        {
            if (seen.Add(target.Reservation))
            {
                into.Add(target.Reservation);
            }
        }
    }

    /// <summary>Brings every object that moved back into a placement, before a submission uses it.</summary>
    /// <param name="placement">Where a submission wants them.</param>
    /// <param name="context">How to go about it.</param>
    /// <param name="validated">Receives those that are in place again: their page-table entries must be written anew.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or why one could not come: it and the rest are tried again the next time.</returns>
    /// <remarks>
    /// Lock: all that <see cref="AddReservations"/> gives. Cost: O(moved), nothing for what stayed. An object that another one
    /// pushes out meanwhile is in the next list. Source: drm_gpuvm_validate, drm_gpuvm_bo_evict.
    /// </remarks>
    public MmStatus ValidateMoved(Placement placement, ref OperationContext context, List<BufferObject> validated)
    {
        ArgumentNullException.ThrowIfNull(placement);
        ArgumentNullException.ThrowIfNull(validated);
        Reservation.AssertHeld();
        BufferObject[] moved;
        lock (_moved)
        {
            moved = [.. _moved];
        }

        Array.Sort(moved, static (a, b) => a.Id.CompareTo(b.Id)); // The same order in every run.
        foreach (BufferObject target in moved)
        {
            if (!_objects.ContainsKey(target))
            {
                Forget(target);
                continue;
            }

            MmStatus status = target.Validate(placement, ref context);
            if (status != MmStatus.Ok)
            {
                return status;
            }

            Forget(target);
            validated.Add(target);
        }

        return MmStatus.Ok;
    }

    /// <summary>Adds the fence of a job to everything that it may use.</summary>
    /// <param name="fence">The fence.</param>
    /// <param name="own">Its class on the reservation of this address space.</param>
    /// <param name="external">Its class on the others.</param>
    /// <remarks>Lock: all that <see cref="AddReservations"/> gives. Cost: O(objects). Source: drm_gpuvm_resv_add_fence.</remarks>
    public void AddFence(Fence fence, FenceUsage own, FenceUsage external)
    {
        Reservation.AddFence(fence, own);
        foreach (BufferObject target in _objects.Keys)
        {
            if (!ReferenceEquals(target.Reservation, Reservation))
            {
                target.Reservation.AddFence(fence, external); // Twice on one that several share is once.
            }
        }
    }

    internal void NoteMoved(BufferObject target)
    {
        lock (_moved)
        {
            _moved.Add(target);
        }
    }

    private void Forget(BufferObject target)
    {
        lock (_moved)
        {
            _moved.Remove(target);
        }
    }

    private void Hold(BufferObject? target)
    {
        if (target is null)
        {
            return;
        }

        target.AddReference();
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects, target, out _);
        if (count++ == 0)
        {
            target.Extra().ShowIn(this);
        }
    }

    private void Drop(BufferObject? target)
    {
        if (target is null)
        {
            return;
        }

        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_objects, target);
        if (--count == 0)
        {
            _objects.Remove(target);
            target.Extra().HideFrom(this);
            Forget(target);
        }

        target.Release();
    }
}
