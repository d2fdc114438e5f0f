namespace GpuMm.Diagnostics;

/// <summary>How a program asked for an operation, in one number: <see cref="DeviceEvent.Count"/> of its event.</summary>
/// <remarks>
/// <c>number of another reservation held : 24 | flags : 8</c>. A number that does not fit is left out: a replay then holds no
/// such reservation.
/// </remarks>
/// <param name="Packed">The number; 0 when no program asked.</param>
public readonly record struct RequestCode(int Packed)
{
    private const int HeldShift = 8;
    private const ulong MaxHeldNumber = (1ul << 23) - 1;

    /// <summary>Packs a request.</summary>
    /// <param name="flags">What it may do, and what is held.</param>
    /// <param name="heldReservation">Number of a reservation held for it, where it is not the object's own; 0 for none.</param>
    public RequestCode(RequestFlags flags, ulong heldReservation)
        : this((int)flags | (heldReservation <= MaxHeldNumber ? (int)heldReservation << HeldShift : 0))
    {
    }

    /// <summary>What it may do, and what is held.</summary>
    public RequestFlags Flags => (RequestFlags)(Packed & 0xff);

    /// <summary>Number of a reservation held for it; 0 for none but the object's own.</summary>
    public ulong HeldReservation => unchecked((uint)Packed) >> HeldShift;
}
