using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>
/// One piece of the range: a node, a hole, or an unused slot. All pieces in use form a ring in address order, with the
/// sentinel of slot 0 between the last and the first.
/// </summary>
/// <remarks>
/// 32 bytes, so that two share a cache line: an operation reads one of them whole, and large workloads pay one miss for
/// it. What a node must know of its neighbours is two bytes of its own, which the neighbours store but never read:
/// a store does not wait for the missing line, a load would. A hole has no hole beside it, so it needs no such bytes and
/// the same place names its entry in the hole table, which alone holds where the hole is.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct RangeSegment
{
    /// <summary>Node: offset of its first byte from the start of the whole range.</summary>
    [FieldOffset(0)]
    public ulong Start;

    /// <summary>Hole: when it last changed; larger is later.</summary>
    [FieldOffset(0)]
    public ulong Stamp;

    /// <summary>Node: bytes.</summary>
    [FieldOffset(8)]
    public ulong Size;

    /// <summary>The piece before this one.</summary>
    [FieldOffset(16)]
    public int Prev;

    /// <summary>The piece behind this one; for an unused slot the next unused one.</summary>
    [FieldOffset(20)]
    public int Next;

    /// <summary>Odd for a node, even otherwise.</summary>
    [FieldOffset(24)]
    public uint Generation;

    /// <summary>Hole: its entry in the hole table.</summary>
    [FieldOffset(28)]
    public int Hole;

    /// <summary>Node: the piece before it is a hole.</summary>
    [FieldOffset(28)]
    public bool HoleBefore;

    /// <summary>Node: the piece behind it is a hole.</summary>
    [FieldOffset(29)]
    public bool HoleAfter;

    /// <summary>Node: an eviction scan has taken it out of the ring.</summary>
    [FieldOffset(30)]
    public bool Scanned;

    /// <summary>True for a node.</summary>
    public readonly bool IsNode => (Generation & 1) != 0;
}
