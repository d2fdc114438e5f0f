using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>What few objects need, or only once they are used: kept apart, so that those that need none of it stay small.</summary>
internal sealed class ObjectExtra : ReservationSide
{
    public Reservation? SharedReservation; // Never changes
    public BulkMove? BulkMove; // Lock: the object's reservation
    public FinalFences? FinalFences; // Lock: the object's reservation
    public uint PublishedName; // Lock: the device's registry
    public int Handles;
}
