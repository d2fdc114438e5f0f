using System.Runtime.InteropServices;

namespace GpuMm.Eviction;

/// <summary>What GDSF keeps of one object: 32 bytes, two to a cache line.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GdsfNode
{
    /// <summary>Worth: the age of the memory when it was last used, plus uses times cost by size.</summary>
    public double Worth;

    /// <summary>When it got this worth; among equals the earlier goes first.</summary>
    public ulong Order;

    /// <summary>Place in the heap + 1; 0 while it is not resident.</summary>
    public int Place;

    /// <summary>Size, units.</summary>
    public uint Size;

    /// <summary>Uses since it came.</summary>
    public uint Count;
}
