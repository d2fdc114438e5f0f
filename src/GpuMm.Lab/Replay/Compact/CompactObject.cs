using System.Runtime.InteropServices;
using GpuMm.Primitives;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// What a replay keeps of one object: half a line of memory. What only those need that are in use stands elsewhere: fences
/// that are not done in <see cref="CompactFences"/>, ranges in the allocator.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct CompactObject
{
    /// <summary>Its name in the trace.</summary>
    public ulong Id;

    /// <summary>Its space in video memory; 0 outside.</summary>
    public uint Space;

    /// <summary>Size, whole pages; above 0.</summary>
    public uint PageCount;

    /// <summary>Its fences, as <see cref="CompactFences"/> notes them.</summary>
    public uint Fences;

    /// <summary>The number of the last job that reads it, as long as <see cref="CompactFlags.HasReader"/>.</summary>
    public uint Reader;

    /// <summary>When it came into the aperture or was used there last, while the aperture keeps no order.</summary>
    public uint Age;

    /// <summary>Its row of <see cref="CompactFences"/>, as long as <see cref="CompactFlags.HasRow"/>.</summary>
    public ushort Row;

    /// <summary>Where it is.</summary>
    public MemoryDomain Domain;

    /// <summary>What else is known of it.</summary>
    public CompactFlags Flags;

    /// <summary>Size, bytes; whole pages.</summary>
    public readonly ulong SizeBytes => Pages.Bytes(PageCount);

    /// <summary>Whether something is known of it.</summary>
    /// <param name="flag">What.</param>
    public readonly bool Is(CompactFlags flag) => (Flags & flag) != 0;
}
