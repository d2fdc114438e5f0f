using GpuMm.Backing;

namespace GpuMm.Paging;

/// <summary>One page-table entry. <c>default</c> is empty.</summary>
/// <param name="Packed">The bits as drawn in the source.</param>
public readonly record struct Pte(ulong Packed)
{
    //  63             12 11  9    8        7        6     5      4    3       2          1          0
    // | frame : 52      |  0  | huge | sub-page | group | caching | dirty | accessed | writable | present |
    internal const ulong PresentBit = 1;
    internal const ulong WritableBit = 2;
    internal const ulong AccessedBit = 4;
    internal const ulong DirtyBit = 8;
    internal const ulong GroupBit = 0x40;
    internal const ulong SubPageBit = 0x80;
    internal const ulong HugeBit = 0x100;
    internal const int FrameShift = 12;
    private const int CachingShift = 4;

    /// <summary>A present entry that nobody has used yet.</summary>
    /// <param name="frame">The page it names.</param>
    /// <param name="caching">How the CPU's caches treat it.</param>
    /// <param name="isWritable">Whether writes are allowed.</param>
    public Pte(FrameIndex frame, Caching caching, bool isWritable)
        : this((frame.Packed << FrameShift) | ((ulong)caching << CachingShift) | (isWritable ? WritableBit : 0) | PresentBit)
    {
    }

    /// <summary>The page it names; meaningful when present.</summary>
    public FrameIndex Frame => new(Packed >> FrameShift);

    /// <summary>True when the CPU can go through it.</summary>
    public bool IsPresent => (Packed & PresentBit) != 0;

    /// <summary>True when writes are allowed.</summary>
    public bool IsWritable => (Packed & WritableBit) != 0;

    /// <summary>True once it was read or written through.</summary>
    public bool IsAccessed => (Packed & AccessedBit) != 0;

    /// <summary>True once it was written through.</summary>
    public bool IsDirty => (Packed & DirtyBit) != 0;

    /// <summary>True for one of the 16 entries of a mapping of 64 KiB.</summary>
    public bool IsInGroup => (Packed & GroupBit) != 0;

    /// <summary>True when it shows one hardware page of 4 KiB again and again inside a larger base page.</summary>
    public bool IsSubPage => (Packed & SubPageBit) != 0;

    /// <summary>True when it is part of an entry of 2 MiB or 1 GiB.</summary>
    public bool IsHuge => (Packed & HugeBit) != 0;

    /// <summary>How the CPU's caches treat it.</summary>
    public Caching Caching => (Caching)((Packed >> CachingShift) & 3);
}
