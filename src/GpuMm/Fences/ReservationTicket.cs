namespace GpuMm.Fences;

/// <summary>The age of one locker: whoever holds the smaller stamp is older and goes first.</summary>
public sealed class ReservationTicket
{
    /// <summary>A ticket; use a fresh one, or a larger stamp, for each set of locks.</summary>
    /// <param name="stamp">1 to 2^61 - 1, unique among the tickets in use.</param>
    public ReservationTicket(ulong stamp)
    {
        Renew(stamp);
    }

    /// <summary>The age stamp.</summary>
    public ulong Stamp { get; private set; }

    /// <summary>Reservations held under this ticket.</summary>
    public int HeldCount { get; internal set; }

    internal void Renew(ulong stamp)
    {
        if (stamp is 0 or >= 1ul << 61)
        {
            throw new System.ArgumentOutOfRangeException(nameof(stamp), stamp, "A ticket's stamp lies in [1, 2^61).");
        }

        if (HeldCount != 0)
        {
            throw new System.InvalidOperationException("A ticket cannot be renewed while it holds reservations.");
        }

        Stamp = stamp;
    }
}
