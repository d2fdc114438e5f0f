namespace GpuMm.Diagnostics;

/// <summary>What an object was created with, in one number: <see cref="DeviceEvent.Detail"/> of a creation.</summary>
/// <remarks><c>group : 16 | alignment shift : 8 | flags : 8 | priority : 8 | caching : 8 | kind : 8</c>.</remarks>
/// <param name="Packed">The number.</param>
public readonly record struct CreationCode(ulong Packed)
{
    /// <summary>Packs a description.</summary>
    /// <param name="kind">The kind, as a number.</param>
    /// <param name="caching">The caching, as a number.</param>
    /// <param name="priority">0 to 3.</param>
    /// <param name="sharesReservation">Whether it came with a reservation of others.</param>
    /// <param name="alignmentShift">Logarithm of the alignment; 0 for a page.</param>
    /// <param name="needsCpuAccess">Whether the CPU will touch it often.</param>
    /// <param name="group">Number of its group; 0 for none.</param>
    public CreationCode(
        byte kind, byte caching, byte priority, bool sharesReservation, byte alignmentShift, bool needsCpuAccess = false, ushort group = 0)
        : this(kind | ((ulong)caching << 8) | ((ulong)priority << 16) | (sharesReservation ? 1ul << 24 : 0) |
            (needsCpuAccess ? 1ul << 25 : 0) | ((ulong)alignmentShift << 32) | ((ulong)group << 40))
    {
    }

    /// <summary>What it is for.</summary>
    public int Kind => (int)(Packed & 0xff);

    /// <summary>How the CPU maps its system pages.</summary>
    public int Caching => (int)((Packed >> 8) & 0xff);

    /// <summary>Eviction priority, 0 to 3.</summary>
    public int Priority => (int)((Packed >> 16) & 0xff);

    /// <summary>True when it came with a reservation of others.</summary>
    public bool SharesReservation => (Packed & (1ul << 24)) != 0;

    /// <summary>True when the CPU will touch it often.</summary>
    public bool NeedsCpuAccess => (Packed & (1ul << 25)) != 0;

    /// <summary>Number of its group; 0 for none.</summary>
    public int Group => (int)((Packed >> 40) & 0xffff);

    /// <summary>Alignment of its place, bytes; 0 for a page.</summary>
    public ulong AlignmentBytes => ((Packed >> 32) & 0xff) is var shift && shift == 0 ? 0 : 1ul << (int)shift;
}
