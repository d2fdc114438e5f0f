using System.Runtime.InteropServices;

namespace GpuMm.Lab.League;

/// <summary>What Belady's rule keeps of one object.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BeladyNode
{
    /// <summary>Number of the next request; -1 for never; 0 while it is not resident.</summary>
    public long Next;

    /// <summary>Size as it was inserted, units.</summary>
    public uint Size;

    /// <summary>The object that was marked as never used again before this one; -1 for none.</summary>
    public int NextDead;
}
