using System.Runtime.InteropServices;

namespace GpuMm.Eviction;

/// <summary>What a list policy keeps of one object: 16 bytes, four to a cache line, because every request touches one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PolicyNode
{
    /// <summary>The younger neighbour; -1 for none.</summary>
    public int Previous;

    /// <summary>The older neighbour; -1 for none.</summary>
    public int Next;

    /// <summary>Size, units.</summary>
    public uint Size;

    /// <summary>Which list it is on, and what the policy notes of it; 0 for nothing known.</summary>
    public uint State;
}
