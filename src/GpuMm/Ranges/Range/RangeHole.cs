using System.Runtime.InteropServices;

namespace GpuMm.Ranges;

/// <summary>An entry of the <see cref="HoleTable"/>.</summary>
/// <remarks>32 bytes, so that two share a cache line.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct RangeHole
{
    /// <summary>Offset of the first free byte from the start of the whole range.</summary>
    public ulong Start;

    /// <summary>Free bytes; 0 for an unused entry.</summary>
    public ulong Size;

    /// <summary>Subtree of smaller holes in the <see cref="SizeIndex"/>; for an unused entry the next unused one.</summary>
    public int Left;

    /// <summary>Subtree of larger holes in the <see cref="SizeIndex"/>.</summary>
    public int Right;

    /// <summary>The hole above it in the <see cref="SizeIndex"/>; 0 at the root.</summary>
    public int Parent;

    /// <summary>The hole's piece in the ring.</summary>
    public int Segment;

    /// <summary>Offset of the first byte behind the hole. Offsets are below 2^64, so this cannot wrap.</summary>
    public readonly ulong End => Start + Size;
}
