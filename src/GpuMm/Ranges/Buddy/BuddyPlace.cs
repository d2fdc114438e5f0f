using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>Where a live block lies, how large it is, and what is known of it, in as few bits as that takes.</summary>
/// <param name="Packed">The bits.</param>
/// <remarks>
/// <code>index : to the top | 1 | 0 * order | follower : 1 | cleared : 1</code>
/// The lowest bit above the flags tells the order, so that a space of 2^n chunks needs n + 3 bits and not six more. Places
/// of blocks that do not overlap sort by address.
/// </remarks>
internal readonly record struct BuddyPlace(ulong Packed)
{
    internal const uint ClearedBit = 1;
    internal const uint FollowerBit = 2;

    private const int FlagBits = 2;

    internal int Order => BitOperations.TrailingZeroCount(Packed >> FlagBits);

    /// <summary>The first chunk, over the number of chunks.</summary>
    internal ulong Index => Packed >> FlagBits >> Order >> 1;

    internal ulong OffsetChunks => Index << Order;

    internal bool IsCleared => (Packed & ClearedBit) != 0;

    /// <summary>Bits of the largest place in a space.</summary>
    internal static int BitsFor(ulong chunkCount) => BitOperations.Log2(chunkCount) + 2 + FlagBits;

    internal static BuddyPlace Of(ulong offsetChunks, int order, bool isCleared) =>
        new((((offsetChunks << 1) + (1ul << order)) << FlagBits) | (isCleared ? ClearedBit : 0));
}
