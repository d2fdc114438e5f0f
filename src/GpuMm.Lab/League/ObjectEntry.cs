using System.Runtime.InteropServices;

namespace GpuMm.Lab.League;

/// <summary>An entry of an <see cref="ObjectTable"/>: 16 bytes, four to a cache line.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ObjectEntry
{
    public ulong Id;

    /// <summary>Slot + 1; 0 while the entry is free.</summary>
    public int Slot;

    /// <summary>Size at the first request, bytes.</summary>
    public uint FirstBytes;
}
