using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>The arithmetic of size classes: one for each size below 64 units, then 64 to each doubling.</summary>
internal static class BinClass
{
    internal const int PerLevel = 1 << LevelBits; // one word of the bitmap
    internal const int LevelCount = 32 - LevelBits + 1; // sizes of 1 to 32 bits
    internal const int Count = LevelCount * PerLevel;

    private const int LevelBits = 6;

    /// <summary>The class whose sizes begin at or below a size; 0, which no hole has, for 0.</summary>
    internal static int Of(uint size)
    {
        int shift = BitOperations.Log2(size | PerLevel) - LevelBits;
        return (shift << LevelBits) + (int)(size >> shift);
    }

    /// <summary>The lowest class of which every hole is at least that large; may be <see cref="Count"/> or more.</summary>
    internal static int Above(ulong size)
    {
        int shift = BitOperations.Log2(size | PerLevel) - LevelBits;
        return (shift << LevelBits) + (int)((size + (1ul << shift) - 1) >> shift);
    }

    /// <summary>The least size of a class.</summary>
    internal static ulong LeastSize(int bin)
    {
        int shift = bin < PerLevel ? 0 : (bin >> LevelBits) - 1;
        return (ulong)(bin - (shift << LevelBits)) << shift;
    }
}
