using System;

namespace GpuMm.Diagnostics;

/// <summary>A placement in nine bytes: domain and flags of each wish, without the windows.</summary>
/// <param name="Packed">Eight bits per wish, the most wanted lowest: flags : 5 | domain : 3.</param>
/// <param name="Count">Number of wishes, 0 to 8.</param>
public readonly record struct PlacementCode(ulong Packed, byte Count)
{
    private const int DomainBits = 3;

    /// <summary>The same wishes and one more.</summary>
    /// <param name="domain">Its domain.</param>
    /// <param name="flags">Its flags, as a number below 32.</param>
    public PlacementCode With(MemoryDomain domain, int flags)
    {
        if (Count == 8)
        {
            throw new InvalidOperationException("A placement has at most 8 wishes.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)flags, 32u, nameof(flags));
        ulong wish = (ulong)(uint)domain | ((ulong)(uint)flags << DomainBits);
        return new PlacementCode(Packed | (wish << (8 * Count)), (byte)(Count + 1));
    }

    /// <summary>The domain of a wish.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public MemoryDomain DomainAt(int index) => (MemoryDomain)(ByteAt(index) & ((1 << DomainBits) - 1));

    /// <summary>The flags of a wish, as a number.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public int FlagsAt(int index) => ByteAt(index) >> DomainBits;

    private byte ByteAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, Count, nameof(index));
        return unchecked((byte)(Packed >> (8 * index)));
    }
}
