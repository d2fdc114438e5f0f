using System;
using System.Threading;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>What few objects need, or only once they are used: kept apart, so that those that need none of it stay small.</summary>
internal sealed class ObjectExtra : ReservationSide
{
    public Reservation? SharedReservation; // Never changes
    public BulkMove? BulkMove; // Lock: the object's reservation
    public FinalFences? FinalFences; // Lock: the object's reservation
    private GpuVm[] _spaces = []; // Replaced, never changed; the GPU address spaces that show it
    public uint PublishedName; // Lock: the device's registry
    public int Handles;

    public void ShowIn(GpuVm space)
    {
        GpuVm[] before;
        do
        {
            before = Volatile.Read(ref _spaces);
        }
        while (Interlocked.CompareExchange(ref _spaces, [.. before, space], before) != before);
    }

    public void HideFrom(GpuVm space)
    {
        GpuVm[] before;
        do
        {
            before = Volatile.Read(ref _spaces);
        }
        while (Interlocked.CompareExchange(ref _spaces, Array.FindAll(before, other => other != space), before) != before);
    }

    /// <summary>Page tables that show the object where it was are out of date. Lock: the object's reservation.</summary>
    public void NoteMoved(BufferObject target)
    {
        foreach (GpuVm space in Volatile.Read(ref _spaces))
        {
            space.NoteMoved(target);
        }
    }
}
