using System.Runtime.InteropServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>All that a replay keeps of one object: a line of memory.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct CompactObject
{
    /// <summary>Size, bytes; whole pages.</summary>
    public ulong SizeBytes;

    /// <summary>Its space in video memory; 0 outside.</summary>
    public ulong Space;

    /// <summary>Fences in the order of the device's slots; <see cref="FenceCount"/> of them.</summary>
    public CompactFenceWords Fences;

    /// <summary>The job being collected when it was used last.</summary>
    public int Job;

    /// <summary>The submission that holds it, or held it last.</summary>
    public int Hold;

    /// <summary>The submission in which it got its space or was used last: a ranking counts one use for each.</summary>
    public int Counted;

    /// <summary>When it came into the aperture or was used there last, while the aperture keeps no order.</summary>
    public uint Age;

    /// <summary>How many fences.</summary>
    public byte FenceCount;

    /// <summary>For how many fences the device has room; decides when it forgets those that are done.</summary>
    public byte FenceRoom;

    /// <summary>Where it is.</summary>
    public MemoryDomain Domain;

    /// <summary>What else is known of it.</summary>
    public CompactFlags Flags;
}
