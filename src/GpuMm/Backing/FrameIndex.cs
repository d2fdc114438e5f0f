using System.Diagnostics;
using System.Globalization;

namespace GpuMm.Backing;

/// <summary>A physical page: which memory, and which page of it.</summary>
/// <param name="Packed">The bits as drawn in the source.</param>
public readonly record struct FrameIndex(ulong Packed)
{
    //  63    52 51        48 47                    0
    // |    0   | memory : 4 | page in it : 48       |
    private const int MemoryShift = 48;
    private const ulong PageMask = (1ul << MemoryShift) - 1;

    /// <summary>Packs a frame number.</summary>
    /// <param name="memoryIndex">0 to 15.</param>
    /// <param name="pageIndex">Below 2^48.</param>
    public FrameIndex(int memoryIndex, ulong pageIndex)
        : this(((ulong)memoryIndex << MemoryShift) | pageIndex)
    {
        Debug.Assert((uint)memoryIndex < PhysicalMemory.MaxMemories, "The memory number has four bits.");
        Debug.Assert(pageIndex <= PageMask, "The page number has 48 bits.");
    }

    /// <summary>The memory, 0 to 15.</summary>
    public int MemoryIndex => (int)(Packed >> MemoryShift);

    /// <summary>The page in it.</summary>
    public ulong PageIndex => Packed & PageMask;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{MemoryIndex}:0x{PageIndex:x}");
}
