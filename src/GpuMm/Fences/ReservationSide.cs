namespace GpuMm.Fences;

/// <summary>What a reservation needs once it is held under a ticket or has fences: made at first use. Lock: the reservation.</summary>
internal class ReservationSide
{
    public ReservationTicket? Ticket;
    public FenceSlots Fences;
}
